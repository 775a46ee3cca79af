//! The bytes that are kept for a format in `tests/fuzz/corpus`, and changed ones: its reader holds
//! for all of them.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Changed bytes that are tried; `tests/fuzz/run` tries millions.
const CASES: u32 = 48;

/// Longest that is made by changes: what is longer takes longer, and finds nothing more.
const LONGEST: usize = 64 * 1024;

/// Reads everything that is kept for the format of this name, and changed bytes, and arbitrary ones.
pub(crate) fn hold(name: &str, read: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let kept: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!kept.is_empty(), "{} is empty", folder.display());
    for (file, bytes) in files.iter().zip(&kept) {
        let held = catch_unwind(|| read(bytes));
        assert!(held.is_ok(), "what breaks it is {}", file.display());
    }
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let broken = TestRunner::new(config).run(&bytes(kept), |bytes| {
        read(&bytes);
        Ok(())
    });
    if let Err(error) = broken {
        panic!("{error}\nWhat broke it belongs into {}.", folder.display());
    }
}

/// A change at a place, which is a share of the length.
#[derive(Clone, Debug)]
enum Change {
    Cut(f64, usize),
    Double(f64, usize),
    Replace(f64, Vec<u8>),
    Insert(f64, Vec<u8>),
    Join(f64, prop::sample::Index),
}

fn bytes(kept: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let of_kept = (prop::sample::select(kept.clone()), prop::collection::vec(change(), 1..5))
        .prop_map(move |(bytes, changes)| {
            let mut bytes = changes.iter().fold(bytes, |bytes, change| change.done(bytes, &kept));
            bytes.truncate(LONGEST);
            bytes
        });
    prop_oneof![7 => of_kept, 1 => prop::collection::vec(any::<u8>(), 0..512)]
}

fn change() -> impl Strategy<Value = Change> {
    let place = || 0.0..1.0_f64;
    let some = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8),
        "[0-9]{1,25}|[-+.:/@=%\\\\\"'{}\\[\\],\n\r\t ]{1,4}|\\PC{1,8}|\u{1b}\\[2J|null|true|1e999"
            .prop_map(String::into_bytes),
    ];
    prop_oneof![
        (place(), 1..64_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (place(), 1..512_usize).prop_map(|(at, length)| Change::Double(at, length)),
        (place(), some.clone()).prop_map(|(at, with)| Change::Replace(at, with)),
        (place(), some).prop_map(|(at, what)| Change::Insert(at, what)),
        (place(), any::<prop::sample::Index>()).prop_map(|(at, other)| Change::Join(at, other)),
    ]
}

impl Change {
    fn done(&self, mut bytes: Vec<u8>, kept: &[Vec<u8>]) -> Vec<u8> {
        let place = |share: f64| (bytes.len() as f64 * share) as usize;
        match self {
            Self::Cut(at, length) => {
                let at = place(*at);
                bytes.drain(at..bytes.len().min(at + length));
            }
            Self::Double(at, length) => {
                let at = place(*at);
                let part = bytes[at..bytes.len().min(at + length)].to_vec();
                bytes.splice(at..at, part);
            }
            Self::Replace(at, with) => {
                let at = place(*at);
                let end = bytes.len().min(at + with.len());
                bytes.splice(at..end, with.iter().copied());
            }
            Self::Insert(at, what) => {
                let at = place(*at);
                bytes.splice(at..at, what.iter().copied());
            }
            Self::Join(at, other) => {
                let at = place(*at);
                bytes.truncate(at);
                let other = other.get(kept);
                bytes.extend_from_slice(&other[(other.len() / 2).min(at)..]);
            }
        }
        bytes
    }
}
