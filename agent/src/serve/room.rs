//! How many clients there is room for.

use std::fs;
use std::io::Read;

/// Most connections at once.
const MOST: usize = 128;

/// The share of the descriptors that clients may have, as a divisor: the checks need most of them.
const SHARE: usize = 8;

/// More than the kernel writes, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Most connections at once, so that the checks never run out of descriptors.
pub(super) fn for_clients() -> usize {
    let mut limits = String::new();
    let read = fs::File::open("/proc/self/limits")
        .and_then(|file| file.take(LONGEST).read_to_string(&mut limits));
    // Without /proc the usual limit, 1,024, is as good a guess as any.
    read.ok().and_then(|_| descriptors(&limits)).map_or(MOST, share)
}

fn share(descriptors: usize) -> usize {
    (descriptors / SHARE).clamp(1, MOST)
}

/// The soft limit of descriptors, unless there is none.
fn descriptors(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_a_share_of_the_descriptors() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
             Max processes             15000                15000                processes\n\
             Max open files            1024                 524288               files\n";
        assert_eq!(descriptors(limits), Some(1_024));
        assert_eq!(descriptors("Max open files   unlimited   unlimited   files\n"), None);
        assert_eq!(descriptors(""), None);
        assert_eq!([4, 64, 1_024, 524_288].map(share), [1, 8, MOST, MOST]);
    }
}
