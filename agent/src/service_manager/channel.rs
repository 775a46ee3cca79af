//! The notify socket: datagrams that are sent at once, or with the next one.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::{Mutex, PoisonError};

/// Assignments to systemd.
#[derive(Debug)]
pub(super) struct Channel {
    socket: UnixDatagram,
    address: SocketAddr,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What could not be sent yet: of several with one key the last.
    owed: Vec<(&'static str, String)>,
    has_failed: bool,
}

impl Channel {
    /// The socket at a path, or with a name after `@` that is in no file system. It need not be there
    /// yet.
    pub(super) fn to(socket: &OsStr) -> io::Result<Self> {
        let address = match socket.as_bytes() {
            [b'/', ..] => SocketAddr::from_pathname(socket)?,
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            _ => return Err(io::Error::other("neither a path nor a name after @")),
        };
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, address, state: Mutex::default() })
    }

    /// Tells this, and what is still owed.
    pub(super) fn tell(&self, key: &'static str, value: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.owed.retain(|(owed, _)| *owed != key);
        state.owed.push((key, value.to_owned()));
        let mut datagram = String::new();
        for (key, value) in &state.owed {
            datagram.extend([*key, "=", value.as_str(), "\n"]);
        }
        match self.socket.send_to_addr(datagram.as_bytes(), &self.address) {
            Ok(_) => {
                state.owed.clear();
                state.has_failed = false;
            }
            Err(error) => {
                // That was true at its time only.
                state.owed.retain(|(key, _)| *key != "WATCHDOG");
                if !std::mem::replace(&mut state.has_failed, true) {
                    tracing::warn!(%error, "systemd cannot be told how things stand");
                }
            }
        }
    }
}
