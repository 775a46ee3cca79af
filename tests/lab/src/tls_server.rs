//! What a connection to port 443 meets.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, duplex, split};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::behaviour::TlsBehaviour;
use crate::http::{Request, Response};
use crate::pace;

const SLOW: Duration = Duration::from_millis(100);

/// TLS alert, fatal, handshake_failure.
const HANDSHAKE_FAILURE: [u8; 7] = [21, 3, 3, 0, 2, 2, 40];

/// TLS alert, warning, unrecognized_name.
const WARNING: [u8; 7] = [21, 3, 3, 0, 2, 1, 112];

/// One server on one address.
pub(crate) struct TlsServer {
    pub(crate) behaviour: TlsBehaviour,
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) delay: Duration,
}

impl TlsServer {
    /// Serves one connection.
    pub(crate) async fn serve(self: Arc<Self>, mut stream: TcpStream) -> io::Result<()> {
        if !self.delay.is_zero() {
            sleep(self.delay).await;
        }
        match self.behaviour {
            // Closing without lingering sends RST.
            TlsBehaviour::Reset => stream.set_zero_linger(),
            TlsBehaviour::Close => pace::finish(&mut stream).await,
            TlsBehaviour::Stall => pace::hold(&mut stream).await,
            TlsBehaviour::StallAfter(length) => self.paced(stream, Pace::Only(length)).await,
            TlsBehaviour::Slow => self.paced(stream, Pace::Drip(SLOW)).await,
            TlsBehaviour::Drip(ms) => {
                self.paced(stream, Pace::Drip(Duration::from_millis(ms.into()))).await
            }
            TlsBehaviour::Alert => {
                read_some(&mut stream).await?;
                stream.write_all(&HANDSHAKE_FAILURE).await?;
                pace::finish(&mut stream).await
            }
            TlsBehaviour::Garbage => {
                read_some(&mut stream).await?;
                let text = "The plain HTTP request was sent to HTTPS port";
                stream.write_all(&Response::new(400, text).to_bytes("GET")).await?;
                pace::finish(&mut stream).await
            }
            TlsBehaviour::Endless => {
                read_some(&mut stream).await?;
                stream.write_all(&endless_start()).await?;
                pace::flood(&mut stream, &record(&[0; 16_384])).await
            }
            TlsBehaviour::Crumbs => {
                read_some(&mut stream).await?;
                stream.write_all(&endless_start()).await?;
                pace::flood(&mut stream, &record(&[0]).repeat(1_000)).await
            }
            TlsBehaviour::Warnings => {
                read_some(&mut stream).await?;
                pace::flood(&mut stream, &WARNING.repeat(1_000)).await
            }
            // The others have nothing that listens.
            _ => self.tls(stream).await,
        }
    }

    async fn tls(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
        let mut stream = TlsAcceptor::from(self.config.clone()).accept(stream).await?;
        if Request::read(&mut stream).await?.is_some() {
            let body = "<UnknownOperationException/>\n";
            let answer = Response::new(404, body)
                .with("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000");
            stream.write_all(&answer.to_bytes("GET")).await?;
        }
        stream.shutdown().await
    }

    /// A TLS server behind a pipe that lets its bytes through as slowly as wanted.
    async fn paced(&self, client: TcpStream, pace: Pace) -> io::Result<()> {
        let (near, far) = duplex(64 * 1024);
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = split(near);
        let upstream = async {
            copy(&mut from_client, &mut to_server).await?;
            to_server.shutdown().await
        };
        let downstream = async {
            match pace {
                Pace::Only(length) => {
                    copy(&mut (&mut from_server).take(length.into()), &mut to_client).await?;
                    pace::hold(&mut from_server).await
                }
                Pace::Drip(every) => {
                    let mut chunk = [0; 4096];
                    loop {
                        let length = from_server.read(&mut chunk).await?;
                        if length == 0 {
                            return to_client.shutdown().await;
                        }
                        let bytes = chunk.get(..length).unwrap_or_default();
                        pace::drip(&mut to_client, bytes, every).await?;
                    }
                }
            }
        };
        tokio::try_join!(upstream, downstream, self.tls(far)).map(|_| ())
    }
}

enum Pace {
    /// So many bytes, then nothing.
    Only(u32),
    /// Byte by byte.
    Drip(Duration),
}

/// Waits for the client's first words.
async fn read_some(stream: &mut TcpStream) -> io::Result<usize> {
    stream.read(&mut [0; 16_384]).await
}

/// A handshake record.
fn record(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[22, 3, 3], &length[..], body].concat()
}

/// The first record of a ServerHello that announces 16 MiB, the most there can be.
fn endless_start() -> Vec<u8> {
    record(&[2, 0xff, 0xff, 0xff])
}
