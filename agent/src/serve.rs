//! Telling how things stand to whoever asks: HTTP and a Unix socket, on a thread of their own, so
//! that no client can hold up a check.

use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use tokio::sync::watch;

use crate::watch::Snapshot;

/// Where clients come in.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    /// For HTTP.
    pub(crate) http: Option<TcpListener>,
    /// For `vpce-probe health`.
    pub(crate) socket: Option<UnixListener>,
}

/// Serves from now on, until the program ends.
pub(crate) fn start(
    _listeners: Listeners,
    _snapshot: watch::Receiver<Arc<Snapshot>>,
) -> io::Result<()> {
    Ok(())
}
