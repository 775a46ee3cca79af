//! One restart at a time. The kernel lets go of the lock when its holder ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use vpce_probes::restart::{Refusal, RefusalKind};

use super::folder;
use super::record::unusable;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Why there is no lock.
#[derive(Debug)]
pub(crate) enum NoLock {
    /// Another run of this program has it.
    Busy(Refusal),
    /// It cannot be had at all.
    Unusable(Refusal),
}

impl Lock {
    /// Takes the lock of a folder, which is made where it is missing. Never waits.
    pub(crate) fn take(folder: &Path) -> Result<Self, NoLock> {
        let path = folder.join("agent-restart.lock");
        let unusable = |error: &io::Error| NoLock::Unusable(unusable(&path, "locked", error));
        folder::make(folder).map_err(|error| unusable(&error))?;
        let mut file = open(&path).map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NoLock::Busy(busy(&mut file))),
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        // For people, and for the words of others that find it locked.
        let told = file
            .set_len(0)
            .and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()));
        told.map_err(|error| unusable(&error))?;
        Ok(Self { _file: file })
    }
}

/// Who can open a file can lock it, and keep every restart out. What is written to is this file, and
/// no other that a link leads to.
fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)?;
    let facts = file.metadata()?;
    if !facts.is_file() || facts.nlink() != 1 {
        return Err(io::Error::other("it is no file of its own"));
    }
    Ok(file)
}

fn busy(file: &mut File) -> Refusal {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    let holder = read.ok().and_then(|_| text.trim().parse::<u32>().ok());
    let holder = holder.map(|pid| format!(" (pid {pid})")).unwrap_or_default();
    Refusal::new(
        RefusalKind::Busy,
        format!("Another vpce-probe{holder} is restarting the agent."),
        "Wait until it has ended.",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn only_one_has_it_at_a_time() {
        let scratch = Scratch::new("lock");
        let folder = scratch.path().join("new");
        let lock = Lock::take(&folder).unwrap();
        let NoLock::Busy(refusal) = Lock::take(&folder).unwrap_err() else { panic!() };
        let holder = format!("(pid {})", std::process::id());
        assert!(refusal.why.contains(&holder), "{refusal:?}");
        let mode = folder.join("agent-restart.lock").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "nobody else can lock it");
        drop(lock);
        fs::write(folder.join("agent-restart.lock"), "anything else").unwrap();
        Lock::take(&folder).unwrap();
    }

    #[test]
    fn nothing_is_written_through_links() {
        let scratch = Scratch::new("lock-link");
        let path = scratch.path().join("agent-restart.lock");
        let victim = scratch.path().join("victim");
        fs::write(&victim, "as it was").unwrap();
        let refused = || {
            let NoLock::Unusable(refusal) = Lock::take(scratch.path()).unwrap_err() else {
                panic!()
            };
            assert_eq!(refusal.kind, RefusalKind::StateUnusable);
            fs::remove_file(&path).unwrap();
        };
        symlink(&victim, &path).unwrap();
        refused();
        symlink(scratch.path().join("not there"), &path).unwrap();
        refused();
        fs::hard_link(&victim, &path).unwrap();
        refused();
        drop(UnixListener::bind(&path).unwrap());
        refused();
        assert_eq!(fs::read(&victim).unwrap(), b"as it was");
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1);
        Lock::take(scratch.path()).unwrap();
    }

    #[test]
    fn a_folder_that_is_none_is_told() {
        let scratch = Scratch::new("lock-unusable");
        let file = scratch.path().join("file");
        fs::write(&file, "").unwrap();
        let NoLock::Unusable(refusal) = Lock::take(&file).unwrap_err() else { panic!() };
        assert_eq!(refusal.kind, RefusalKind::StateUnusable);
        fs::create_dir(scratch.path().join("agent-restart.lock")).unwrap();
        assert!(matches!(Lock::take(scratch.path()), Err(NoLock::Unusable(_))));
    }
}
