//! A Unix socket that stands in a folder, and stays there when its program is killed.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};

/// Everybody may ask, as with a name that stands in no folder: what is told is no secret, and
/// containers run as other users than those who look into them.
const MODE: u32 = 0o666;

/// The file of a socket, taken away when the program ends well.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    id: (u64, u64),
}

impl SocketFile {
    /// Opens a socket there, also where a program that was killed has left one.
    pub(super) fn bind(path: &Path) -> io::Result<(UnixListener, Self)> {
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && is_left_behind(path)? => {
                fs::remove_file(path)?;
                UnixListener::bind(path)?
            }
            bound => bound?,
        };
        let id = let_everybody_in(path)?;
        Ok((listener, Self { path: path.to_owned(), id }))
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // By now it may be that of another watch.
        if id(&self.path).is_ok_and(|id| id == self.id) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Sets the mode of the socket itself: who may write to the folder can put a link in its place at any
/// moment. Returns what it is known by.
fn let_everybody_in(path: &Path) -> io::Result<(u64, u64)> {
    let socket =
        OpenOptions::new().read(true).custom_flags(libc::O_PATH | libc::O_NOFOLLOW).open(path)?;
    let facts = socket.metadata()?;
    if !facts.file_type().is_socket() {
        return Err(io::Error::other("something else is there now"));
    }
    let same = PathBuf::from(format!("/proc/self/fd/{}", socket.as_raw_fd()));
    // Without /proc there is no other way to it than its name.
    let named = if same.exists() { &same } else { path };
    fs::set_permissions(named, Permissions::from_mode(MODE))?;
    Ok((facts.dev(), facts.ino()))
}

fn id(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::symlink_metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Whether it is a socket, and nobody has it any more.
fn is_left_behind(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.file_type().is_socket() {
        return Ok(false);
    }
    // Sockets of this kind are never waited for, and of another kind only where there is one: a full
    // queue or a held program cannot hold this up.
    let tried = UnixDatagram::unbound()?.connect(path);
    Ok(tried.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn only_a_socket_that_nobody_listens_on_is_replaced() {
        let scratch = Scratch::new("socket-file");
        let path = scratch.path().join("socket");
        // The standard library leaves the file behind.
        drop(UnixListener::bind(&path).unwrap());
        let (listener, file) = SocketFile::bind(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, MODE);
        assert_eq!(SocketFile::bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
        drop((listener, file));
        assert!(!path.exists());
        fs::write(&path, "mine").unwrap();
        assert_eq!(SocketFile::bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn links_are_not_followed() {
        let scratch = Scratch::new("socket-file-link");
        let (path, victim) = (scratch.path().join("socket"), scratch.path().join("victim"));
        fs::write(&victim, "mine").unwrap();
        fs::set_permissions(&victim, Permissions::from_mode(0o600)).unwrap();
        symlink(&victim, &path).unwrap();
        assert_eq!(SocketFile::bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
        // As if it had been put there after the socket was made.
        let_everybody_in(&path).unwrap_err();
        assert_eq!(fs::metadata(&victim).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read(&victim).unwrap(), b"mine");
    }

    #[test]
    fn the_file_of_another_is_left_alone() {
        let scratch = Scratch::new("socket-file-of-another");
        let path = scratch.path().join("socket");
        // As long as it is open, its id is not given away.
        let (_first, file) = SocketFile::bind(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let (_second, _file) = SocketFile::bind(&path).unwrap();
        drop(file);
        assert!(path.exists());
    }
}
