//! UDP sockets for lookups, connected to their resolver as those of a libc client are: the system
//! then tells of a closed port at once, and a resolver that sends anything but answers is told from
//! one that is silent. A question without an answer is sent again: it, or its answer, may be lost.

use std::fmt;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hickory_resolver::net::runtime::{
    DnsUdpSocket, RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime,
};
use tokio::io::{Interest, ReadBuf};
use tokio::net::UdpSocket;
use tokio::time::sleep_until;

use super::dns_pace::DnsPace;
use crate::again::first_of;

/// How long an answer is waited for after each time that a question is sent, before it is sent once
/// more. Answers of the resolver of a VPC take a millisecond, and those that it has to look up itself
/// a tenth of a second. Four questions fit into the second that a resolver gets of a usual run, and
/// three into the half that one gets which is asked for comparison.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(250),
    Duration::from_millis(350),
    Duration::from_millis(500),
];

/// How long after one SYN to a resolver the next is sent: the kernel waits a second. On an open
/// connection it sends again early enough by itself.
const TCP_PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(400)];

/// The sockets for one resolver.
#[derive(Clone, Default)]
pub(super) struct DnsSockets {
    tokio: TokioRuntimeProvider,
    pace: Arc<DnsPace>,
    sent_other_than_answers: Arc<AtomicBool>,
}

impl DnsSockets {
    /// Sockets that ask again only as often as the pace of the run allows.
    pub(super) fn at_pace(pace: Arc<DnsPace>) -> Self {
        Self { pace, ..Self::default() }
    }

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
        let tokio = self.tokio.clone();
        Box::pin(async move {
            let connect = || tokio.connect_tcp(server, from, limit);
            first_of(connect(), TCP_PAUSES, connect, Result::is_ok).await.result
        })
    }

    fn bind_udp(&self, from: SocketAddr, server: SocketAddr) -> Connecting<Self::Udp> {
        let pace = self.pace.clone();
        let sent_other_than_answers = self.sent_other_than_answers.clone();
        Box::pin(async move {
            let socket = UdpSocket::bind(from).await?;
            socket.connect(server).await?;
            let question = Mutex::default();
            Ok(ConnectedSocket { socket, server, question, pace, sent_other_than_answers })
        })
    }
}

/// A socket for one question.
pub(super) struct ConnectedSocket {
    socket: UdpSocket,
    server: SocketAddr,
    question: Mutex<Question>,
    pace: Arc<DnsPace>,
    sent_other_than_answers: Arc<AtomicBool>,
}

/// What is asked, and how often that was so far.
#[derive(Default)]
struct Question {
    message: Vec<u8>,
    times: usize,
    last: Option<Instant>,
}

impl Question {
    /// When it is to be sent again.
    fn due(&self) -> Option<Instant> {
        let pause = PAUSES.get(self.times.checked_sub(1)?)?;
        Some(self.last? + *pause)
    }

    fn is_sent(&mut self, now: Instant) {
        self.times += 1;
        self.last = Some(now);
    }
}

impl ConnectedSocket {
    async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        loop {
            // An error alone does not make a socket readable in tokio's eyes.
            let ready = self.socket.ready(Interest::READABLE.add(Interest::ERROR));
            let due = self.question().due();
            let ready = tokio::select! {
                ready = ready => ready?,
                () = sleep_until(due.unwrap_or_else(Instant::now).into()), if due.is_some() => {
                    self.ask_again();
                    continue;
                }
            };
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

    /// Sends the question again: the same one from the same port, as libc does, so that an answer
    /// counts that was only late. What the system does not send now is lost like any other, and so is
    /// what would be one question too many in this second.
    fn ask_again(&self) {
        let mut question = self.question();
        if self.pace.turn_now() {
            let _ = self.socket.try_send(&question.message);
            self.pace.is_sent();
        }
        question.is_sent(Instant::now());
    }

    fn question(&self) -> MutexGuard<'_, Question> {
        self.question.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pending_error(&self) -> io::Result<()> {
        Err(self.socket.take_error()?.unwrap_or_else(|| ErrorKind::WouldBlock.into()))
    }

    fn look_at(&self, message: &[u8]) {
        if id_of(message) != id_of(&self.question().message) {
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
        let sent = ready!(self.socket.poll_send(context, message));
        self.pace.is_sent();
        let mut question = self.question();
        question.message = message.to_vec();
        question.is_sent(Instant::now());
        Poll::Ready(sent)
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
    async fn a_question_without_an_answer_is_sent_again_and_again_but_not_for_ever() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = server.local_addr().unwrap();
        let (_, socket) = connected_to(address).await;
        socket.send_to(&[0, 7, 0], address).await.unwrap();
        let asking = tokio::spawn(async move { socket.recv_from(&mut [0; 512]).await });
        let mut clients = Vec::new();
        for _ in 0..=PAUSES.len() {
            let mut question = [0; 512];
            let (length, client) = server.recv_from(&mut question).await.unwrap();
            assert_eq!(question[..length], [0, 7, 0]);
            clients.push(client);
        }
        clients.dedup();
        assert_eq!(clients.len(), 1);
        // An answer to the first of them, as nobody can tell.
        server.send_to(&[0, 7, 1], clients[0]).await.unwrap();
        assert_eq!(asking.await.unwrap().unwrap(), (3, address));
    }

    #[test]
    fn questions_fit_into_the_time_that_a_resolver_gets() {
        let now = Instant::now();
        let mut question = Question::default();
        assert_eq!(question.due(), None);
        let mut at = vec![now];
        question.is_sent(now);
        while let Some(due) = question.due() {
            at.push(due);
            question.is_sent(due);
        }
        assert_eq!(at.len(), PAUSES.len() + 1);
        assert!(at[2] < now + Duration::from_millis(500));
        assert!(at[3] < now + Duration::from_secs(1));
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
