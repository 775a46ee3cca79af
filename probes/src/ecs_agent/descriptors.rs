//! The sockets that a process holds, by its descriptors.

use std::collections::HashSet;
use std::io::{ErrorKind, Result};
use std::path::Path;

/// More descriptors than a process may have open, unless its limit was raised by hand.
const MAX_DESCRIPTORS: usize = 1_048_576;

/// The numbers of the sockets in `/proc/PID/fd`.
///
/// # Errors
/// `NotFound` when there is no such process, `PermissionDenied` without the right to look: that of
/// ptrace, which root in a container has only over processes with no more capabilities than its own.
pub(super) fn socket_inodes(directory: &Path) -> Result<HashSet<u64>> {
    let mut inodes = HashSet::new();
    let mut refused = None;
    for entry in std::fs::read_dir(directory)?.take(MAX_DESCRIPTORS) {
        match std::fs::read_link(entry?.path()) {
            Ok(target) => inodes.extend(target.to_str().and_then(inode)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => refused = Some(error),
            // Closed since it was listed.
            Err(_) => {}
        }
    }
    // Part of them would make connections of the process look like somebody else's.
    refused.map_or(Ok(inodes), Err)
}

/// `socket:[18213]`.
fn inode(target: &str) -> Option<u64> {
    target.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn only_sockets_are_counted() {
        assert_eq!(inode("socket:[18213]"), Some(18213));
        for other in ["pipe:[18213]", "/dev/null", "socket:[]", "socket:[x]", ""] {
            assert_eq!(inode(other), None, "{other}");
        }
    }

    #[test]
    fn an_open_socket_of_this_process_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = format!("/proc/self/fd/{}", listener.as_raw_fd());
        let target = std::fs::read_link(link).unwrap();
        let inodes = socket_inodes(Path::new("/proc/self/fd")).unwrap();
        assert!(inodes.contains(&inode(target.to_str().unwrap()).unwrap()));
    }

    #[test]
    fn a_process_that_is_gone_is_told_apart() {
        let error = socket_inodes(Path::new("/proc/0/fd")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
