//! Connections that hang, drip or never end.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// Keeps a connection open without a word until the client closes it.
pub(crate) async fn hold(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut unread = [0; 4096];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

/// Writes one byte at a time.
pub(crate) async fn drip(
    stream: &mut (impl AsyncWrite + Unpin),
    bytes: &[u8],
    every: Duration,
) -> io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        sleep(every).await;
    }
    Ok(())
}

/// Writes the same bytes until the client closes.
pub(crate) async fn flood(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    loop {
        stream.write_all(bytes).await?;
    }
}

/// Closes with FIN; what the client still sends is taken, so that no RST follows.
pub(crate) async fn finish(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    hold(stream).await
}
