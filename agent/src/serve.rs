//! Telling how things stand to whoever asks: HTTP and a Unix socket, on a thread of their own, so
//! that no client can hold up a check.

mod accept;
mod crowd;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod http;
mod listeners;
mod pages;
mod room;
mod socket;
mod socket_file;

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::watch::Snapshot;

pub(crate) use self::listeners::{BindError, Listeners};
use self::socket_file::SocketFile;

/// Time before the next try when no connection can be taken, mostly because this process has no
/// descriptors left.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes what is left on disk away when the program ends well.
#[derive(Debug)]
pub(crate) struct Served {
    _file: Option<SocketFile>,
}

/// Serves from now on, until the program ends.
pub(crate) fn start(
    listeners: Listeners,
    snapshot: watch::Receiver<Arc<Snapshot>>,
) -> io::Result<Served> {
    let Listeners { http, socket, file } = listeners;
    let served = Served { _file: file };
    if http.is_none() && socket.is_none() {
        return Ok(served);
    }
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let http = http.map(tokio::net::TcpListener::from_std).transpose()?;
    let socket = socket.map(tokio::net::UnixListener::from_std).transpose()?;
    drop(entered);
    thread::Builder::new().name("serve".to_owned()).spawn(move || {
        runtime.block_on(async {
            let on_http = async {
                if let Some(listener) = http {
                    http::serve(&listener, &snapshot).await;
                }
            };
            let on_socket = async {
                if let Some(listener) = socket {
                    socket::serve(&listener, &snapshot).await;
                }
            };
            tokio::join!(on_http, on_socket);
        });
    })?;
    Ok(served)
}
