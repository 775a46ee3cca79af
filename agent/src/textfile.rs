//! Metrics as a file for the textfile collector of node_exporter.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SendError, channel};
use std::thread;
use std::time::{Duration, SystemTime};

/// How long is waited for one file at least: a disk that is there takes it within milliseconds.
const LEAST: Duration = Duration::from_millis(25);

/// Whoever collects metrics may run as any user.
const MODE: u32 = 0o644;

/// Names that are tried for the new file, before it gets its right one.
const TRIES: u32 = 8;

/// Whether a file is being written. A file system that hangs gets no second one to hang on.
static IS_WRITING: AtomicBool = AtomicBool::new(false);

/// Puts the metrics there as a whole: a reader sees the old file or the new one. A slow file system
/// gets the time that it needs, without holding its caller.
///
/// # Errors
/// When that does not succeed at once, or the file before still does not stand.
pub(crate) fn write(path: &Path, metrics: &str) -> io::Result<()> {
    let told = begin(path, metrics.to_owned())?;
    told.recv_timeout(LEAST).unwrap_or(Ok(()))
}

/// The same, within some time.
///
/// # Errors
/// When that does not succeed in time. The thread that waits for the file system is left to itself.
pub(crate) fn write_within(limit: Duration, path: &Path, metrics: String) -> io::Result<()> {
    let told = begin(path, metrics)?.recv_timeout(limit.max(LEAST));
    told.unwrap_or_else(|_| Err(slow("the file system does not answer")))
}

/// Writes on a thread of its own, which tells how it went. What nobody waits for any more, it logs.
fn begin(path: &Path, metrics: String) -> io::Result<Receiver<io::Result<()>>> {
    if IS_WRITING.swap(true, Ordering::AcqRel) {
        return Err(slow("the file system still does not answer"));
    }
    let (tell, told) = channel();
    let path = path.to_owned();
    let started = thread::Builder::new().spawn(move || {
        let done = replace(&path, metrics.as_bytes());
        IS_WRITING.store(false, Ordering::Release);
        if let Err(SendError(Err(error))) = tell.send(done) {
            tracing::warn!(path = %path.display(), %error, "The textfile cannot be written");
        }
    });
    if started.is_err() {
        IS_WRITING.store(false, Ordering::Release);
    }
    started.map(|_| told)
}

fn slow(what: &str) -> io::Error {
    io::Error::new(ErrorKind::TimedOut, what)
}

/// Renaming replaces the name itself, so what stands there has to be such a file: `/dev/stdout` would
/// be gone for everybody. Nothing is synchronised with the disk: after a crash the next check writes
/// anew.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::new(ErrorKind::AlreadyExists, "what is there is no regular file"));
    }
    let (new, mut file) = beside(path)?;
    // The permissions at creation are subject to the mask of this process.
    let written = file
        .set_permissions(Permissions::from_mode(MODE))
        .and_then(|()| file.write_all(content))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What went wrong before says more.
        let _ = fs::remove_file(&new);
    }
    written
}

/// A new file in the same folder, whose name no collector reads: those end in `.prom`. Other
/// containers may write there too, under the same process id.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut tries = 0;
    loop {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let new = folder.join(format!(".vpce-probe.{}.{:x}.tmp", process::id(), now.as_nanos()));
        tries += 1;
        match OpenOptions::new().write(true).create_new(true).mode(MODE).open(&new) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && tries < TRIES => {}
            opened => return opened.map(|file| (new, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::scratch::Scratch;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_file_is_replaced_as_a_whole_and_everybody_may_read_it() {
        let scratch = Scratch::new("textfile-replaced");
        let folder = scratch.path();
        let path = folder.join("vpce-probe.prom");
        replace(&path, b"old and long\n").unwrap();
        let mut reader = File::open(&path).unwrap();
        replace(&path, b"new\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "old and long\n");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, MODE);
        assert_eq!(names(folder), ["vpce-probe.prom"]);
    }

    #[test]
    fn only_a_file_is_replaced() {
        let scratch = Scratch::new("textfile-link");
        let folder = scratch.path();
        let (target, link, socket) = (folder.join("t"), folder.join("l"), folder.join("s"));
        fs::write(&target, "as it was").unwrap();
        symlink(&target, &link).unwrap();
        let _listener = UnixListener::bind(&socket).unwrap();
        for path in [&*link, &*socket, folder] {
            replace(path, b"new\n").unwrap_err();
            assert!(!fs::symlink_metadata(path).unwrap().is_file());
        }
        assert_eq!(fs::read_to_string(&link).unwrap(), "as it was");
        assert_eq!(names(folder).len(), 3);
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let scratch = Scratch::new("textfile-failure");
        let folder = scratch.path();
        // No file can have such a long name, which comes out only at the end.
        replace(&folder.join("a".repeat(300)), b"new\n").unwrap_err();
        assert_eq!(names(folder), [""; 0]);
        replace(&folder.join("no such folder/a.prom"), b"new\n").unwrap_err();
        replace(Path::new("/"), b"new\n").unwrap_err();
    }

    #[test]
    fn a_write_that_hangs_is_given_up_and_not_repeated() {
        let scratch = Scratch::new("textfile-hangs");
        let folder = scratch.path();
        let path = folder.join("a.prom");
        write_within(Duration::from_secs(60), &path, "new\n".to_owned()).unwrap();
        IS_WRITING.store(true, Ordering::Release);
        assert_eq!(write(&path, "newer\n").unwrap_err().kind(), ErrorKind::TimedOut);
        IS_WRITING.store(false, Ordering::Release);
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
    }
}
