//! Answers of resolvers, through the resolver's library and what the program makes of them.

use std::future::ready;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverOpts};
use hickory_resolver::net::runtime::{
    DnsUdpSocket, RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime,
};
use hickory_resolver::proto::rr::{Name, RecordType};

use crate::fuzzing::{assert_round_trip, assert_short_texts, block_on};
use crate::observation::{Lookup, LookupAttempt, LookupOutcome, Record};
use crate::observe::dns::failed;
use crate::observe::dns_answer::answered;
use crate::observe::dns_exchange::Resolver;

const HOST: &str = "ecs.us-east-1.amazonaws.com.";

/// The message of a resolver, but for its id: that of the question is put into it.
pub fn dns_answer(bytes: &[u8]) {
    for (record, kind) in [(Record::A, RecordType::A), (Record::Aaaa, RecordType::AAAA)] {
        let Some(outcome) = asked(bytes, record, kind) else { return };
        if let LookupOutcome::Answered { addresses, chain, ttl_ms } = &outcome {
            assert!(!addresses.is_empty() && ttl_ms.is_finite() && *ttl_ms >= 0.0, "{outcome:?}");
            assert!(addresses.iter().all(|address| address.is_ipv4() == (record == Record::A)));
            // A record takes at least a name's pointer, its fixed fields and an address.
            assert!(addresses.len() <= bytes.len() / 16 && chain.len() <= bytes.len() / 12);
            assert!(chain.iter().all(|name| name.is_ascii() && name.len() <= 1024), "{chain:?}");
        }
        let server = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let attempts = vec![LookupAttempt { server, outcome, elapsed_ms: 1.0 }];
        let lookup = Lookup { record, attempts };
        assert_round_trip(&lookup);
        assert_short_texts(&lookup);
    }
}

fn asked(bytes: &[u8], record: Record, kind: RecordType) -> Option<LookupOutcome> {
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let server = NameServerConfig::new(address, true, vec![ConnectionConfig::udp()]);
    let mut options = ResolverOpts::default();
    options.attempts = 0;
    let script = Script { message: bytes.into(), tokio: TokioRuntimeProvider::default() };
    let resolver = Resolver::new(server, options, script).ok()?;
    let name = Name::from_ascii(HOST).ok()?;
    match block_on(resolver.lookup(name.clone(), kind))? {
        Ok(answer) => Some(answered(&answer, &name, record)),
        Err(error) => Some(failed(error)),
    }
}

/// Gives out sockets on which one message comes, and then nothing any more.
#[derive(Clone)]
struct Script {
    message: Arc<[u8]>,
    tokio: TokioRuntimeProvider,
}

struct Socket {
    message: Arc<[u8]>,
    id: Mutex<Vec<u8>>,
    given: AtomicU8,
}

type Ready<T> = Pin<Box<dyn Send + Future<Output = io::Result<T>>>>;

impl RuntimeProvider for Script {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = Socket;
    type Tcp = <TokioRuntimeProvider as RuntimeProvider>::Tcp;

    fn create_handle(&self) -> Self::Handle {
        self.tokio.create_handle()
    }

    fn connect_tcp(
        &self,
        _server: SocketAddr,
        _from: Option<SocketAddr>,
        _limit: Option<Duration>,
    ) -> Ready<Self::Tcp> {
        Box::pin(ready(Err(ErrorKind::ConnectionRefused.into())))
    }

    fn bind_udp(&self, _from: SocketAddr, _server: SocketAddr) -> Ready<Self::Udp> {
        let (message, id) = (self.message.clone(), Mutex::default());
        Box::pin(ready(Ok(Socket { message, id, given: AtomicU8::new(0) })))
    }
}

impl DnsUdpSocket for Socket {
    type Time = TokioTime;

    fn poll_recv_from(
        &self,
        _context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        if self.given.fetch_add(1, Ordering::Relaxed) > 0 {
            return Poll::Ready(Err(ErrorKind::ConnectionReset.into()));
        }
        let id = self.id.lock().unwrap_or_else(PoisonError::into_inner);
        let message = id.iter().chain(self.message.iter().skip(id.len()));
        let mut length = 0;
        for (place, byte) in buffer.iter_mut().zip(message) {
            *place = *byte;
            length += 1;
        }
        Poll::Ready(Ok((length, SocketAddr::from(([127, 0, 0, 1], 53)))))
    }

    fn poll_send_to(
        &self,
        _context: &mut Context<'_>,
        message: &[u8],
        _server: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        let mut id = self.id.lock().unwrap_or_else(PoisonError::into_inner);
        *id = message.iter().take(2).copied().collect();
        Poll::Ready(Ok(message.len()))
    }
}
