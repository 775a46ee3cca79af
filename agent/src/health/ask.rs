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

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::UnixListener;

    use super::*;

    const LIMIT: Duration = Duration::from_millis(20);

    fn address(name: &str) -> SocketAddr {
        let name = format!("vpce-probe-{name}-{}", std::process::id());
        SocketAddr::from_abstract_name(name).unwrap()
    }

    #[tokio::test]
    async fn nobody_is_told_from_somebody_who_is_silent() {
        let address = address("silent");
        let Asked::Nobody(why) = ask(&address, LIMIT).await else { panic!() };
        assert_eq!(why, "no watch runs here");
        let _listener = UnixListener::bind_addr(&address).unwrap();
        assert!(matches!(ask(&address, LIMIT).await, Asked::Silent));
    }

    #[tokio::test]
    async fn a_full_queue_is_silence() {
        let address = address("full");
        let _listener = UnixListener::bind_addr(&address).unwrap();
        // Who hangs up keeps its place in the queue.
        let mut asked = 0..100_000;
        while UnixStream::connect_addr(&address.clone().into()).await.is_ok() {
            asked.next().unwrap();
        }
        assert!(matches!(ask(&address, LIMIT).await, Asked::Silent));
    }
}
