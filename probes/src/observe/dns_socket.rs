//! UDP sockets for lookups, connected to their resolver as those of a libc client are: the system
//! then tells of a closed port at once, and a resolver that sends anything but answers is told from
//! one that is silent.

use std::fmt;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hickory_resolver::net::runtime::{
    DnsUdpSocket, RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime,
};
use tokio::io::{Interest, ReadBuf};
use tokio::net::UdpSocket;

/// The sockets for one resolver.
#[derive(Clone, Default)]
pub(super) struct DnsSockets {
    tokio: TokioRuntimeProvider,
    sent_other_than_answers: Arc<AtomicBool>,
}

impl DnsSockets {
    /// Whether a message came that is no answer to what was asked. The resolver's library passes
    /// over such messages, as libc does.
    pub(super) fn sent_other_than_answers(&self) -> bool {
        self.sent_other_than_answers.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for DnsSockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DnsSockets").finish_non_exhaustive()
    }
}

type Connecting<T> = Pin<Box<dyn Send + Future<Output = io::Result<T>>>>;

impl RuntimeProvider for DnsSockets {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = ConnectedSocket;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.tokio.create_handle()
    }

    fn connect_tcp(
        &self,
        server: SocketAddr,
        from: Option<SocketAddr>,
        limit: Option<Duration>,
    ) -> Connecting<Self::Tcp> {
        self.tokio.connect_tcp(server, from, limit)
    }

    fn bind_udp(&self, from: SocketAddr, server: SocketAddr) -> Connecting<Self::Udp> {
        let sent_other_than_answers = self.sent_other_than_answers.clone();
        Box::pin(async move {
            let socket = UdpSocket::bind(from).await?;
            socket.connect(server).await?;
            let asked = AtomicU16::new(0);
            Ok(ConnectedSocket { socket, server, asked, sent_other_than_answers })
        })
    }
}

/// A socket for one question.
pub(super) struct ConnectedSocket {
    socket: UdpSocket,
    server: SocketAddr,
    /// The id of the question.
    asked: AtomicU16,
    sent_other_than_answers: Arc<AtomicBool>,
}

impl ConnectedSocket {
    async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        loop {
            // An error alone does not make a socket readable in tokio's eyes.
            let ready = self.socket.ready(Interest::READABLE.add(Interest::ERROR)).await?;
            if ready.is_error() {
                match self.socket.try_io(Interest::ERROR, || self.pending_error()) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    result => result?,
                }
            }
            match self.socket.try_recv(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    let length = result?;
                    self.look_at(buffer.get(..length).unwrap_or_default());
                    return Ok((length, self.server));
                }
            }
        }
    }

    fn pending_error(&self) -> io::Result<()> {
        Err(self.socket.take_error()?.unwrap_or_else(|| ErrorKind::WouldBlock.into()))
    }

    fn look_at(&self, message: &[u8]) {
        if id_of(message) != Some(self.asked.load(Ordering::Relaxed)) {
            self.sent_other_than_answers.store(true, Ordering::Relaxed);
        }
    }
}

impl DnsUdpSocket for ConnectedSocket {
    type Time = TokioTime;

    fn poll_recv_from(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(self.socket.poll_recv(context, &mut buffer))?;
        self.look_at(buffer.filled());
        Poll::Ready(Ok((buffer.filled().len(), self.server)))
    }

    // The trait is written with async-trait; this is what it makes of an `async fn`.
    fn recv_from<'s, 'b, 'a>(
        &'s self,
        buffer: &'b mut [u8],
    ) -> Pin<Box<dyn Future<Output = io::Result<(usize, SocketAddr)>> + Send + 'a>>
    where
        's: 'a,
        'b: 'a,
        Self: 'a,
    {
        Box::pin(self.receive(buffer))
    }

    fn poll_send_to(
        &self,
        context: &mut Context<'_>,
        message: &[u8],
        _server: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        self.asked.store(id_of(message).unwrap_or_default(), Ordering::Relaxed);
        self.socket.poll_send(context, message)
    }
}

/// The id of a DNS message: its first two bytes.
fn id_of(message: &[u8]) -> Option<u16> {
    message.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    async fn connected_to(server: SocketAddr) -> (DnsSockets, ConnectedSocket) {
        let sockets = DnsSockets::default();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = sockets.bind_udp(any, server).await.unwrap();
        (sockets, socket)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_closed_port_is_told_at_once() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = server.local_addr().unwrap();
        drop(server);
        let (_, socket) = connected_to(address).await;
        socket.send_to(&[0, 7, 0], address).await.unwrap();
        let error = socket.recv_from(&mut [0; 512]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn messages_that_are_no_answers_are_remembered() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = server.local_addr().unwrap();
        let (sockets, socket) = connected_to(address).await;
        socket.send_to(&[0, 7, 0], address).await.unwrap();
        let (_, client) = server.recv_from(&mut [0; 512]).await.unwrap();
        for (message, other) in [(&[0, 7, 1][..], false), (&[0, 8, 1], true), (&[0], true)] {
            server.send_to(message, client).await.unwrap();
            let received = socket.recv_from(&mut [0; 512]).await.unwrap();
            assert_eq!(received, (message.len(), address));
            assert_eq!(sockets.sent_other_than_answers(), other);
        }
    }
}
