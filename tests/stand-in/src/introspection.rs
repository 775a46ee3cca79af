//! The introspection API: one request a connection.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::answer::{AnswerKind, response};
use crate::settings::StandIn;
use crate::tell::tell;

/// Source: Amazon ECS Developer Guide, "Amazon ECS container introspection".
const PORT: u16 = 51678;

/// No request is longer.
const MAX_HEAD: usize = 16 * 1024;

const SLOW: Duration = Duration::from_millis(50);

/// Listens where it was told to, or as the real one does: on every address of both families.
pub(crate) async fn listen(stand_in: &Arc<StandIn>) -> io::Result<()> {
    let listeners = match &stand_in.listen {
        None => vec![listen_everywhere().await?],
        Some(addresses) => {
            let mut listeners = Vec::new();
            for address in addresses {
                listeners.push(TcpListener::bind(address).await?);
            }
            listeners
        }
    };
    for listener in listeners {
        tell(&format!("listening on {}", listener.local_addr()?));
        tokio::spawn(accept(listener, stand_in.clone()));
    }
    Ok(())
}

async fn listen_everywhere() -> io::Result<TcpListener> {
    // Bound to [::], a socket takes IPv4 too, where there is IPv6 at all.
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, PORT))).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT))).await,
    }
}

async fn accept(listener: TcpListener, stand_in: Arc<StandIn>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let stand_in = stand_in.clone();
        // What becomes of one client is that client's business.
        tokio::spawn(async move {
            let _ = serve(&stand_in, stream).await;
        });
    }
}

async fn serve(stand_in: &StandIn, mut stream: TcpStream) -> io::Result<()> {
    let head = read_head(&mut stream).await?;
    let response = response(stand_in, &String::from_utf8_lossy(&head));
    match stand_in.answer {
        AnswerKind::Silent => return hold(&mut stream).await,
        AnswerKind::Garbage => stream.write_all(b"\x00\x01\x02 not HTTP \xff\xfe\r\n\r\n").await?,
        AnswerKind::Endless => {
            stream
                .write_all(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"Cluster\":\"",
                )
                .await?;
            loop {
                stream.write_all(&[b'x'; 16 * 1024]).await?;
            }
        }
        AnswerKind::Slow => {
            for byte in response {
                stream.write_all(&[byte]).await?;
                sleep(SLOW).await;
            }
        }
        AnswerKind::Answer | AnswerKind::Error | AnswerKind::NotJson | AnswerKind::ManyValues => {
            stream.write_all(&response).await?;
        }
    }
    stream.shutdown().await?;
    hold(&mut stream).await
}

/// Reads up to the empty line, or as far as the client goes.
async fn read_head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < MAX_HEAD {
        let length = stream.read(&mut chunk).await?;
        if length == 0 {
            break;
        }
        head.extend(chunk.iter().take(length));
    }
    Ok(head)
}

/// Until the other side closes.
pub(crate) async fn hold(stream: &mut TcpStream) -> io::Result<()> {
    let mut unread = [0; 4096];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}
