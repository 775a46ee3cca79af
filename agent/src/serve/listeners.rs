//! Where clients come in.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener};

use super::socket_file::SocketFile;
use crate::cli::SocketArgs;

/// Where clients come in.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    /// For HTTP.
    pub(crate) http: Option<TcpListener>,
    /// For `vpce-probe health`.
    pub(crate) socket: Option<UnixListener>,
    /// The socket's file, where it has one.
    pub(super) file: Option<SocketFile>,
}

/// Why clients cannot come in where the caller wants it.
#[derive(Debug)]
pub(crate) struct BindError {
    place: String,
    error: io::Error,
}

impl BindError {
    pub(crate) fn is_permission_denied(&self) -> bool {
        self.error.kind() == ErrorKind::PermissionDenied
    }
}

impl std::fmt::Display for BindError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot listen on {}: {}", self.place, self.error)
    }
}

impl Listeners {
    /// Opens them. What nobody asked for may be taken by another watch: this one goes on without.
    pub(crate) fn bind(http: Option<SocketAddr>, socket: &SocketArgs) -> Result<Self, BindError> {
        let mut listeners = Self::default();
        if let Some(address) = http {
            let bound = TcpListener::bind(address)
                .and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
            let bound = bound.map_err(|error| BindError { place: address.to_string(), error })?;
            // Port 0 leaves the choice to the kernel.
            let address = bound.local_addr().unwrap_or(address);
            tracing::info!(%address, "Serving metrics and reports");
            listeners.http = Some(bound);
        }
        match bind_socket(&socket.socket) {
            Ok((listener, file)) => {
                listeners.socket = Some(listener);
                listeners.file = file;
            }
            Err(error) if socket.is_given => {
                return Err(BindError { place: words(&socket.socket), error });
            }
            Err(error) => tracing::warn!(
                %error,
                "The socket for vpce-probe health is not to be had, mostly because another watch has \
                 it: give this one a name of its own with --socket"
            ),
        }
        Ok(listeners)
    }
}

/// As it is given with --socket.
fn words(address: &UnixAddress) -> String {
    match (address.as_pathname(), address.as_abstract_name()) {
        (Some(path), _) => path.display().to_string(),
        (None, name) => format!("@{}", String::from_utf8_lossy(name.unwrap_or_default())),
    }
}

fn bind_socket(address: &UnixAddress) -> io::Result<(UnixListener, Option<SocketFile>)> {
    let (listener, file) = match address.as_pathname() {
        None => (UnixListener::bind_addr(address)?, None),
        Some(path) => SocketFile::bind(path).map(|(listener, file)| (listener, Some(file)))?,
    };
    listener.set_nonblocking(true)?;
    Ok((listener, file))
}
