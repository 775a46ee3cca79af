//! Where stderr leads.

use std::fs::File;
use std::io::stderr;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

/// systemd says here which device and inode a stream to its journal is.
/// Source: systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager".
const JOURNAL: &str = "JOURNAL_STREAM";

/// Whether stderr is a stream to the journal, which knows the time, and reads priorities.
pub(super) fn is_journal() -> bool {
    // Children inherit the variable, whatever their own stderr is.
    std::env::var(JOURNAL).is_ok_and(|told| stream().is_some_and(|stream| stream == told))
}

/// The device and inode of stderr, as systemd writes them.
fn stream() -> Option<String> {
    let copy = stderr().as_fd().try_clone_to_owned().ok()?;
    let facts = File::from(copy).metadata().ok()?;
    Some(format!("{}:{}", facts.dev(), facts.ino()))
}
