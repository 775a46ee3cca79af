//! Reading a file that may be huge, a device, a pipe, or not text.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;
use std::time::Duration;

use super::{Absence, AbsenceReason, Source};
use crate::bounded_read;

/// The text of a regular file of at most `max` bytes. Bytes that are not UTF-8 are replaced: the files
/// read here consist of lines, libc and the ECS agent read them as bytes, and a comment in another
/// encoding hides nothing from them.
///
/// # Errors
/// The reason why there is none, ready to be shown.
pub(super) fn read_text(path: &Path, max: u64) -> Result<String, Absence> {
    let bytes = bounded_read::read(path, max).map_err(|error| unreadable(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Opens a regular file.
///
/// # Errors
/// The reason why it cannot be opened, ready to be shown. Devices and pipes are refused, as reading
/// them could take for ever.
pub(super) fn open(path: &Path) -> Result<File, Absence> {
    bounded_read::open(path).map_err(|error| unreadable(path, &error))
}

/// Why a file cannot be read.
pub(super) fn unreadable(path: &Path, error: &Error) -> Absence {
    let (reason, words) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            (AbsenceReason::NotFound, "does not exist".to_owned())
        }
        ErrorKind::FileTooLarge => (AbsenceReason::TooLarge, format!("is {error}")),
        ErrorKind::InvalidInput => (AbsenceReason::Unreadable, format!("is {error}")),
        _ => (AbsenceReason::Unreadable, format!("cannot be read: {error}")),
    };
    absence(path, reason, &words)
}

/// Why a file that could not be read in time gives nothing.
pub(super) fn late(path: &Path, limit: Duration) -> Absence {
    let words = format!("was not read within {} ms", limit.as_millis());
    absence(path, AbsenceReason::TimedOut, &words)
}

/// Why a file gives nothing: its path and these words.
pub(super) fn absence(path: &Path, reason: AbsenceReason, words: &str) -> Absence {
    Absence::new(Source::file(path), reason, format!("{} {words}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_scratch_file(name: &str, content: &[u8]) -> Result<String, AbsenceReason> {
        let path = std::env::temp_dir().join(format!("vpce-probes-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        let read = read_text(&path, 1024).map_err(|absence| absence.reason);
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn each_kind_of_trouble_has_its_own_reason() {
        assert_eq!(in_scratch_file("good", b"text\n"), Ok("text\n".to_owned()));
        let huge = vec![b'x'; 1025];
        assert_eq!(in_scratch_file("huge", &huge), Err(AbsenceReason::TooLarge));
        let reason = |path: &str| read_text(Path::new(path), 1024).unwrap_err().reason;
        assert_eq!(reason("/nonexistent/file"), AbsenceReason::NotFound);
        assert_eq!(reason("/dev/zero"), AbsenceReason::Unreadable);
        assert_eq!(reason("/"), AbsenceReason::Unreadable);
    }

    #[test]
    fn bytes_of_another_encoding_spoil_only_themselves() {
        let read = in_scratch_file("latin-1", b"# ger\xe4t\nKEY=value\n").unwrap();
        assert!(read.ends_with("\nKEY=value\n"), "{read:?}");
    }
}
