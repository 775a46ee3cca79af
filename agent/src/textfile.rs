//! Metrics as a file for node_exporter.

use std::io;
use std::path::Path;

/// Puts the metrics there as a whole: a reader sees the old file or the new one.
pub(crate) fn write(_path: &Path, _metrics: &str) -> io::Result<()> {
    Err(io::Error::other("stub"))
}
