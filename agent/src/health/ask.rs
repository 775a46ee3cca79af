//! Asking the watch that runs here.

use std::io::{self, ErrorKind};
use std::os::unix::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::Answer;

/// Longest answer that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// What came of it.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It answered.
    Answer(Box<Answer>),
    /// It takes the question and says nothing: it is held up, or stopped.
    Silent,
    /// No watch that could be believed, and why.
    Nobody(String),
}

/// Asks on that socket. Everybody may open a socket of any name, so only this user and root are
/// believed.
pub(crate) async fn ask(socket: &SocketAddr, limit: Duration) -> Asked {
    match timeout(limit, answer(socket)).await {
        Ok(Ok(asked)) => asked,
        // The queue of those who wait for it is full.
        Ok(Err(error)) if error.kind() == ErrorKind::WouldBlock => Asked::Silent,
        Ok(Err(error)) => Asked::Nobody(match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused => "no watch runs here".to_owned(),
            _ => format!("the watch cannot be asked: {error}"),
        }),
        Err(_) => Asked::Silent,
    }
}

async fn answer(socket: &SocketAddr) -> io::Result<Asked> {
    let stream = UnixStream::connect_addr(&socket.clone().into()).await?;
    let user = stream.peer_cred()?.uid();
    if user != 0 && user != own_user()? {
        let why = format!("user {user} answers there instead of a watch of this user or of root");
        return Ok(Asked::Nobody(why));
    }
    let mut line = Vec::new();
    stream.take(LONGEST).read_to_end(&mut line).await?;
    Ok(match Answer::from_line(&line) {
        Some(answer) => Asked::Answer(Box::new(answer)),
        None => Asked::Nobody("the answer there is not that of a watch".to_owned()),
    })
}

/// Who this is, without /proc.
fn own_user() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}
