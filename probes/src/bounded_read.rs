//! Reading a file that may be huge, a device or a pipe.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Opens a regular file. Devices and pipes are refused (`InvalidInput`), as reading them could take
/// for ever.
///
/// # Errors
/// When there is no such file, or it cannot be opened.
pub fn open(path: &Path) -> Result<File> {
    if !path.metadata()?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "not a regular file"));
    }
    File::open(path)
}

/// The bytes of a regular file of at most `max` bytes; `FileTooLarge` beyond.
///
/// # Errors
/// As [`open`], and when it cannot be read or is larger.
pub fn read(path: &Path, max: u64) -> Result<Vec<u8>> {
    read_from(open(path)?, max)
}

/// The bytes of anything that ends within `max` bytes; `FileTooLarge` beyond.
///
/// # Errors
/// When it cannot be read or is larger.
pub fn read_from(source: impl Read, max: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        let words = match max / (1024 * 1024) {
            0 => format!("larger than {} KiB", max / 1024),
            mebibytes => format!("larger than {mebibytes} MiB"),
        };
        return Err(Error::new(ErrorKind::FileTooLarge, words));
    }
    Ok(bytes)
}
