//! Reading a file that may be huge, a device, a pipe, or not text.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::{Absence, AbsenceReason, Source};

/// More than any of the files read here ever holds in practice.
const MAX_BYTES: u64 = 1024 * 1024;

/// The text of a regular file of at most 1 MiB.
///
/// # Errors
/// The reason why there is none, ready to be shown. Devices and pipes are refused, as reading them
/// could take for ever.
pub(super) fn read_text(path: &Path) -> Result<String, Absence> {
    let absence = |reason, words: &str| {
        Absence::new(Source::file(path), reason, format!("{} {words}", path.display()))
    };
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            absence(AbsenceReason::NotFound, "does not exist")
        }
        _ => absence(AbsenceReason::Unreadable, &format!("cannot be read: {error}")),
    };
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(absence(AbsenceReason::Unreadable, "is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(absence(AbsenceReason::TooLarge, "is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| absence(AbsenceReason::NotUtf8, "is not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_scratch_file(name: &str, content: &[u8]) -> Result<String, AbsenceReason> {
        let path = std::env::temp_dir().join(format!("vpce-probes-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        let read = read_text(&path).map_err(|absence| absence.reason);
        std::fs::remove_file(&path).unwrap();
        read
    }

    #[test]
    fn each_kind_of_trouble_has_its_own_reason() {
        assert_eq!(in_scratch_file("good", b"text\n"), Ok("text\n".to_owned()));
        assert_eq!(in_scratch_file("binary", b"\xff\xfe"), Err(AbsenceReason::NotUtf8));
        let huge = vec![b'x'; 1024 * 1024 + 1];
        assert_eq!(in_scratch_file("huge", &huge), Err(AbsenceReason::TooLarge));
        let reason = |path: &str| read_text(Path::new(path)).unwrap_err().reason;
        assert_eq!(reason("/nonexistent/file"), AbsenceReason::NotFound);
        assert_eq!(reason("/dev/zero"), AbsenceReason::Unreadable);
        assert_eq!(reason("/"), AbsenceReason::Unreadable);
    }
}
