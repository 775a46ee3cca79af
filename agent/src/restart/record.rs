//! The record of restarts: a small file that keeps them from becoming a loop. It is written before
//! anything is done, so that it holds also what this program did not live to see the end of.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use vpce_probes::bounded_read;
use vpce_probes::restart::{Attempts, Boot, Refusal, RefusalKind};

/// Far more than ten attempts take.
const MAX_BYTES: u64 = 64 * 1024;

/// The record in one folder.
#[derive(Debug)]
pub(crate) struct Record {
    folder: PathBuf,
    path: PathBuf,
}

impl Record {
    /// The record in this folder, which need not be there.
    pub(crate) fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), path: folder.join("agent-restart.json") }
    }

    /// What it holds; nothing when it is not there.
    pub(crate) fn read(&self) -> Result<Attempts, Refusal> {
        if fs::symlink_metadata(&self.path).is_ok_and(|there| there.is_symlink()) {
            return Err(self.damaged("it is a link"));
        }
        let bytes = match bounded_read::read(&self.path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Attempts::default()),
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                return Err(self.damaged("it is not a file"));
            }
            Err(error) if error.kind() == ErrorKind::FileTooLarge => {
                return Err(self.damaged("it is far too large"));
            }
            Err(error) => return Err(unusable(&self.path, "read", &error)),
        };
        let text = str::from_utf8(&bytes).map_err(|_| self.damaged("it is not text"))?;
        Attempts::from_json(text).map_err(|error| self.damaged(&error.to_string()))
    }

    /// Writes it whole or not at all.
    pub(crate) fn write(&self, attempts: &Attempts) -> Result<(), Refusal> {
        self.replace(attempts.to_json().as_bytes())
            .map_err(|error| unusable(&self.path, "written", &error))
    }

    fn replace(&self, content: &[u8]) -> io::Result<()> {
        let new = self.path.with_extension("json.new");
        // Left by a run that was killed; the lock is held, so that nobody writes it now.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&new)?;
        file.set_permissions(Permissions::from_mode(0o644))?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        File::open(&self.folder)?.sync_all()
    }

    fn damaged(&self, what: &str) -> Refusal {
        let path = self.path.display();
        Refusal::new(
            RefusalKind::StateDamaged,
            format!(
                "The record of restarts {path} is damaged: {what}. Without it, restarts could follow each other without end."
            ),
            format!("Look at {path}, and remove it: the next restart begins a new one."),
        )
    }
}

/// Why the record, or the lock beside it, cannot be used.
pub(super) fn unusable(path: &Path, what: &str, error: &io::Error) -> Refusal {
    let (kind, instead) = match error.kind() {
        ErrorKind::PermissionDenied => (
            RefusalKind::NotPermitted,
            "Run it as root: a restart needs that, and the folder of its record belongs to root (--state-dir names another).",
        ),
        _ => (
            RefusalKind::StateUnusable,
            "Make it usable, or name a folder that can be written with --state-dir.",
        ),
    };
    Refusal::new(
        kind,
        format!(
            "{} cannot be {what}: {error}. No restart is made without its record there, which keeps restarts from following each other without end.",
            path.display()
        ),
        instead,
    )
}

/// The present moment by the clock that nobody sets, where the kernel tells it.
pub(crate) fn boot() -> Option<Boot> {
    let read = |path: &str| fs::read_to_string(path).ok();
    Boot::from_proc(&read("/proc/sys/kernel/random/boot_id")?, &read("/proc/uptime")?)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use vpce_probes::restart::Attempt;

    use std::os::unix::fs::symlink;

    use super::super::folder;
    use super::*;
    use crate::scratch::Scratch;

    fn attempts() -> Attempts {
        let mut attempts = Attempts::default();
        attempts.add(Attempt::new(SystemTime::now(), boot(), "a restart".to_owned()));
        attempts
    }

    #[test]
    fn what_is_written_is_read_again() {
        let scratch = Scratch::new("record");
        let folder = scratch.path().join("a/b");
        let record = Record::in_folder(&folder);
        assert_eq!(record.read().unwrap(), Attempts::default());
        folder::make(&folder).unwrap();
        record.write(&attempts()).unwrap();
        fs::write(folder.join("agent-restart.json.new"), "left behind").unwrap();
        record.write(&attempts()).unwrap();
        assert_eq!(record.read().unwrap(), attempts_of(&folder));
        let mode = record.path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o644);
        assert_eq!(folder.read_dir().unwrap().count(), 1);
    }

    fn attempts_of(folder: &Path) -> Attempts {
        Attempts::from_json(&fs::read_to_string(folder.join("agent-restart.json")).unwrap())
            .unwrap()
    }

    #[test]
    fn damage_is_told_and_left_as_it_is() {
        let scratch = Scratch::new("damage");
        let record = Record::in_folder(scratch.path());
        let huge = vec![b' '; 70_000];
        for content in [&b"{"[..], b"\xff\xfe", b"", b"{\"schema\":9}", &huge] {
            fs::write(&record.path, content).unwrap();
            assert_eq!(record.read().unwrap_err().kind, RefusalKind::StateDamaged);
            assert_eq!(fs::read(&record.path).unwrap(), content);
        }
        fs::remove_file(&record.path).unwrap();
        fs::create_dir(&record.path).unwrap();
        assert_eq!(record.read().unwrap_err().kind, RefusalKind::StateDamaged);
    }

    #[test]
    fn links_are_neither_read_nor_written_through() {
        let scratch = Scratch::new("record-link");
        let folder = scratch.path().join("folder");
        folder::make(&folder).unwrap();
        let record = Record::in_folder(&folder);
        let victim = scratch.path().join("victim");
        fs::write(&victim, attempts().to_json()).unwrap();
        symlink(&victim, &record.path).unwrap();
        symlink(&victim, record.path.with_extension("json.new")).unwrap();
        let refusal = record.read().unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::StateDamaged);
        assert!(refusal.why.contains("it is a link"), "{}", refusal.why);
        let before = fs::read(&victim).unwrap();
        record.write(&Attempts::default()).unwrap();
        assert_eq!(fs::read(&victim).unwrap(), before);
        assert!(fs::symlink_metadata(&record.path).unwrap().is_file());
        // The other name of a file is let go, and its content stays.
        fs::remove_file(&record.path).unwrap();
        fs::hard_link(&victim, &record.path).unwrap();
        record.write(&Attempts::default()).unwrap();
        assert_eq!(fs::read(&victim).unwrap(), before);
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let scratch = Scratch::new("unwritable");
        let missing = Record::in_folder(&scratch.path().join("missing"));
        assert_eq!(missing.write(&attempts()).unwrap_err().kind, RefusalKind::StateUnusable);
        let denied = io::Error::from(ErrorKind::PermissionDenied);
        assert_eq!(unusable(&missing.path, "read", &denied).kind, RefusalKind::NotPermitted);
        let read_only = io::Error::from(ErrorKind::ReadOnlyFilesystem);
        assert_eq!(unusable(&missing.path, "read", &read_only).kind, RefusalKind::StateUnusable);
    }
}
