//! Connections to port 443 that are not the agent's, as busy machines hold by the thousand.

use std::fs;
use std::future;
use std::io::{self, Write};
use std::net::SocketAddr;

use tokio::net::{TcpSocket, TcpStream};
use tokio::process::Child;
use tokio::runtime::Builder;

use crate::agent_process;
use crate::enter;
use crate::error::Trouble;
use crate::owned::FOREIGN_PEER;

/// How many of them, for the process that holds them.
const COUNT: &str = "VPCE_LAB_FOREIGN";

const READY: &str = "ready";

/// The most that a queue of connections may hold.
const QUEUE: &str = "/proc/sys/net/core/somaxconn";

/// Descriptors that a process has besides its connections.
const OTHER_FILES: u32 = 64;

const PEER: SocketAddr = SocketAddr::new(FOREIGN_PEER, 443);

/// Starts the process that holds so many; when this returns, it does.
pub(crate) async fn start(count: u32) -> Result<Child, Trouble> {
    listen(count)
        .map_err(|why| Trouble::Listen { address: format!("{PEER}/tcp"), why: why.to_string() })?;
    // Unlike a shell's, this limit is that of one process.
    let files = count.saturating_add(OTHER_FILES);
    let mut command =
        enter::again_by(enter::FOREIGN, &["prlimit", &format!("--nofile={files}:{files}")]);
    command.env(COUNT, count.to_string());
    agent_process::spawn("the other program with connections", command, READY).await
}

/// Nobody accepts: to the client they are there as soon as they are in the queue, and there they
/// cost nothing.
fn listen(count: u32) -> io::Result<()> {
    let queue = count.saturating_add(1);
    let most: u32 = fs::read_to_string(QUEUE)?.trim().parse().map_err(io::Error::other)?;
    if most < queue {
        fs::write(QUEUE, queue.to_string())?;
    }
    let socket = TcpSocket::new_v4()?;
    socket.bind(PEER)?;
    let listener = socket.listen(queue)?;
    tokio::spawn(async move {
        future::pending::<()>().await;
        drop(listener);
    });
    Ok(())
}

/// Is the process that holds them; returns its exit code if it cannot.
pub(crate) fn hold() -> i32 {
    let held = Builder::new_current_thread().enable_all().build().and_then(|runtime| {
        runtime.block_on(async {
            let count = std::env::var(COUNT).map_err(io::Error::other)?;
            let count: usize = count.parse().map_err(io::Error::other)?;
            let mut connections = Vec::with_capacity(count);
            for _ in 0..count {
                connections.push(TcpStream::connect(PEER).await?);
            }
            writeln!(io::stdout(), "{READY}")?;
            future::pending::<()>().await;
            drop(connections);
            Ok(())
        })
    });
    match held {
        Ok(()) => 0,
        Err(why) => {
            let _ = writeln!(io::stderr(), "cannot hold connections to {PEER}: {why}");
            1
        }
    }
}
