//! `/etc/hosts`: names pinned to addresses, which every libc client believes before any resolver.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Absence, AbsenceReason, Source, SourceReport, bounded_file};
use crate::apart::apart;
use crate::timestamp::milliseconds;

/// More than the largest lists of blocked names hold. Reading it takes a fraction of a second.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Addresses of one name that are kept: more than is connected to, so that the report tells of them.
const MAX_ADDRESSES: usize = 128;

/// Part of the time that a long file is read for: what was read up to then counts, and nothing of a
/// file whose disk does not answer by the end.
const LONG_SHARE: f64 = 0.8;

/// Lines that are read before the clock is looked at again.
const LINES_BETWEEN_LOOKS: usize = 1024;

/// Longest line that is read.
const MAX_LINE: u64 = 64 * 1024;

/// What the hosts file says about the names that were asked for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HostsFile(HashMap<String, Vec<IpAddr>>);

impl HostsFile {
    /// Reads a hosts file, and how that went. Only the names asked for are kept, so that the memory
    /// needed does not grow with the file. One that does not exist pins nothing, as for libc. What was
    /// read within `limit` counts.
    pub async fn read<'n>(
        path: &Path,
        names: impl IntoIterator<Item = &'n str>,
        limit: Duration,
    ) -> (Self, SourceReport) {
        let started = Instant::now();
        let asked = Self::asking_for(names);
        let (file, mut hosts) = (path.to_owned(), asked.clone());
        let read = apart(started + limit, move || {
            let read = bounded_file::open(&file).and_then(|opened| {
                let lines = BufReader::new(opened.take(MAX_BYTES + 1));
                hosts
                    .take_lines(lines, started + limit.mul_f64(LONG_SHARE))
                    .map_err(|trouble| trouble.of(&file))
            });
            (hosts, read)
        });
        let (hosts, read) =
            read.await.unwrap_or_else(|| (asked, Err(bounded_file::late(path, limit))));
        let mut report = SourceReport {
            source: Source::file(path),
            answered: read.is_ok(),
            troubles: read.err().into_iter().collect(),
            elapsed_ms: milliseconds(started.elapsed()),
        };
        report.troubles.retain(|trouble| trouble.reason != AbsenceReason::NotFound);
        (hosts, report)
    }

    /// The addresses that a name is pinned to. Empty when it is not, or was not asked for.
    pub fn addresses(&self, name: &str) -> &[IpAddr] {
        self.0.get(&normal(name)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn asking_for<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(|name| (normal(name), Vec::new())).collect())
    }

    /// Reads to the end or to the first trouble. What was read before a trouble is kept.
    pub(super) fn take_lines(
        &mut self,
        mut reader: impl BufRead,
        until: Instant,
    ) -> Result<(), Trouble> {
        let mut line = Vec::new();
        let (mut total, mut cut) = (0, false);
        let lengths = self.lengths();
        for number in 1.. {
            if number % LINES_BETWEEN_LOOKS == 0 && Instant::now() > until {
                return Err(Trouble::Late);
            }
            line.clear();
            let length = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? as u64;
            total += length;
            if total > MAX_BYTES {
                return Err(Trouble::TooLarge("32 MiB"));
            }
            if length == 0 {
                return if cut { Err(Trouble::TooLarge("64 KiB in one line")) } else { Ok(()) };
            }
            let whole = length < MAX_LINE || line.ends_with(b"\n");
            self.take_line(&line, &lengths);
            if !whole {
                // In a comment nothing gets lost.
                cut |= !line.contains(&b'#');
                total += reader.skip_until(b'\n')? as u64;
            }
        }
        Ok(())
    }

    /// Which lengths the names have.
    fn lengths(&self) -> HashSet<usize> {
        self.0.keys().map(String::len).collect()
    }

    /// One line of hosts(5): an address, then names; `#` begins a comment. A line that is not of
    /// that form is passed over, as libc does. Only the line's ASCII counts, whatever its encoding.
    fn take_line(&mut self, line: &[u8], lengths: &HashSet<usize>) {
        let text = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let Some(first) = words.next() else { return };
        let mut address = None;
        // Most words of a long file are other names: most of those are told by their length.
        for word in words.filter(|word| lengths.contains(&without_final_dots(word).len())) {
            let Some(known) = self.0.get_mut(&normal(&String::from_utf8_lossy(word))) else {
                continue;
            };
            if address.is_none() {
                address = std::str::from_utf8(first).ok().and_then(|word| word.parse().ok());
            }
            match address {
                Some(address) if known.len() < MAX_ADDRESSES && !known.contains(&address) => {
                    known.push(address);
                }
                Some(_) => {}
                None => return,
            }
        }
    }
}

/// Why the rest of a file was not read.
pub(super) enum Trouble {
    TooLarge(&'static str),
    Late,
    Io(io::Error),
}

impl Trouble {
    fn of(&self, path: &Path) -> Absence {
        match self {
            Self::TooLarge(limit) => {
                let words = format!("is larger than {limit}");
                bounded_file::absence(path, AbsenceReason::TooLarge, &words)
            }
            Self::Late => {
                let words = "was not read to its end in time";
                bounded_file::absence(path, AbsenceReason::TimedOut, words)
            }
            Self::Io(error) => bounded_file::unreadable(path, error),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn without_final_dots(word: &[u8]) -> &[u8] {
    let dots = word.iter().rev().take_while(|byte| **byte == b'.').count();
    word.get(..word.len() - dots).unwrap_or_default()
}

fn normal(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECS: &str = "ecs.us-east-1.amazonaws.com";

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn parsed(content: &[u8]) -> (HostsFile, bool) {
        let mut hosts = HostsFile::asking_for([ECS, "ecs", "x"]);
        let whole = hosts.take_lines(content, later()).is_ok();
        (hosts, whole)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn finds_names_in_any_case_and_column() {
        let (hosts, _) = parsed(
            b"127.0.0.1 localhost\n10.0.1.7\tecs.us-east-1.amazonaws.com ECS # 10.9.9.9 x\n\
              not-an-address ecs\n::1 ecs\n10.0.1.8\n10.0.1.9 other",
        );
        assert_eq!(hosts.addresses("ecs.US-east-1.amazonaws.com."), [address("10.0.1.7")]);
        assert_eq!(hosts.addresses("ecs"), [address("10.0.1.7"), address("::1")]);
        assert!(hosts.addresses("x").is_empty());
        assert_eq!(hosts.0.len(), 3, "only names that were asked for are kept");
    }

    #[test]
    fn another_encoding_hides_no_line() {
        let (hosts, whole) =
            parsed(b"# ger\xe4t\n10.0.9.9 b\xfcro ecs.us-east-1.amazonaws.com\r\n");
        assert_eq!(hosts.addresses(ECS), [address("10.0.9.9")]);
        assert!(whole);
    }

    #[test]
    fn a_long_list_of_blocked_names_hides_no_line() {
        let mut content = b"0.0.0.0 ads.example.com\n".repeat(60_000);
        assert!(content.len() > 1024 * 1024);
        content.extend_from_slice(format!("10.0.9.9 {ECS}\n").as_bytes());
        let (hosts, whole) = parsed(&content);
        assert_eq!(hosts.addresses(ECS), [address("10.0.9.9")]);
        assert!(whole);
    }

    #[test]
    fn a_line_without_end_is_told_and_hides_no_other() {
        let long = vec![b'x'; 200_000];
        let content = [&long[..], b" 10.0.9.8 ecs\n10.0.9.9 ecs\n"].concat();
        let (hosts, whole) = parsed(&content);
        assert_eq!(hosts.addresses("ecs"), [address("10.0.9.9")]);
        assert!(!whole);
        let comment = [b"#", &long[..], b"\n10.0.9.9 ecs\n"].concat();
        assert!(parsed(&comment).1);
    }

    #[test]
    fn more_addresses_of_a_name_than_anybody_pins_are_passed_over() {
        let line = |number: u32| format!("10.9.{}.{} ecs X.\n", number / 256, number % 256);
        let content: String = (0..2_000).map(line).collect();
        let (hosts, whole) = parsed(content.as_bytes());
        assert_eq!(hosts.addresses("ecs").len(), MAX_ADDRESSES);
        assert_eq!(hosts.addresses("x").len(), MAX_ADDRESSES);
        assert!(whole);
    }

    #[test]
    fn what_was_read_in_time_counts() {
        let mut hosts = HostsFile::asking_for(["ecs"]);
        let content = [&b"10.0.1.7 ecs\n"[..], &b"0.0.0.0 x\n".repeat(5_000)].concat();
        let read = hosts.take_lines(&*content, Instant::now());
        assert!(matches!(read, Err(Trouble::Late)));
        assert_eq!(hosts.addresses("ecs"), [address("10.0.1.7")]);
    }

    #[tokio::test]
    async fn only_a_file_that_does_not_exist_is_no_trouble() {
        let long = Duration::from_secs(60);
        let (_, missing) = HostsFile::read(Path::new("/nonexistent/hosts"), [ECS], long).await;
        assert_eq!(missing.troubles, []);
        let (_, folder) = HostsFile::read(Path::new("/"), [ECS], long).await;
        assert_eq!(folder.troubles[0].reason, AbsenceReason::Unreadable);
    }
}
