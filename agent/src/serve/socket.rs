//! The Unix socket for `vpce-probe health`: who connects gets one line, and reads nothing else.

use std::sync::Arc;
use std::time::Instant;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::PAUSE;
use crate::health::Answer;
use crate::watch::Snapshot;

/// Answers for ever. The line is shorter than what the kernel takes for a reader that does not
/// read, so no connection stays.
pub(super) async fn serve(listener: &UnixListener, snapshot: &watch::Receiver<Arc<Snapshot>>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => answer(&stream, snapshot),
            Err(error) => {
                tracing::debug!(%error, "A connection to the socket cannot be taken");
                sleep(PAUSE).await;
            }
        }
    }
}

fn answer(stream: &UnixStream, snapshot: &watch::Receiver<Arc<Snapshot>>) {
    // A copy: who holds the original holds up the next check.
    let now = snapshot.borrow().clone();
    let line = Answer::of(&now, Instant::now()).to_line();
    // Who is gone, or was told half of it, has no answer.
    let _ = stream.try_write(line.as_bytes());
}
