//! Asking the configured resolvers the way a libc client asks them: in order, one after the other.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverOpts, ServerOrderingStrategy,
};
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};

use super::budget::{Budget, Waited};
use super::dns_answer::answered;
use super::dns_connections::DnsConnections;
use super::dns_exchange::Resolver;
use super::dns_pace::DnsPace;
use super::dns_socket::DnsSockets;
use crate::observation::{Lookup, LookupAttempt, LookupOutcome, Record};
use crate::surroundings::{ResolverKind, ResolverSettings};
use crate::timestamp::milliseconds;

/// The port that resolvers serve.
pub const DNS_PORT: u16 = 53;

/// The configured resolvers, in order.
#[derive(Debug)]
pub struct Resolvers {
    pub(super) servers: Vec<Server>,
    /// Where the Amazon-provided resolver may be, when it is none of those.
    pub(super) amazon: Vec<Server>,
    /// How long each but the last is waited for.
    limit: Duration,
    /// How long a libc client waits.
    timeout: Duration,
    pub(super) pace: Arc<DnsPace>,
}

#[derive(Debug)]
pub(super) struct Server {
    pub(super) address: IpAddr,
    pub(super) kind: ResolverKind,
    /// Whether it let a question pass that it was asked by itself.
    pub(super) is_silent: AtomicBool,
    sockets: DnsSockets,
    resolver: Result<Resolver<DnsConnections>, String>,
}

impl Resolvers {
    /// Resolvers as `/etc/resolv.conf` names them. Each is waited for as long as a libc client
    /// would wait, but at most as long as the budget allows.
    pub fn new(settings: &ResolverSettings, budget: &Budget, port: u16) -> Self {
        let limit = settings.timeout().min(budget.dns);
        let pace = Arc::default();
        let servers = settings
            .servers
            .iter()
            .map(|server| Server::new(server.address, server.kind, settings, port, &pace))
            .collect();
        let timeout = settings.timeout();
        Self { servers, amazon: Vec::new(), limit, timeout, pace }
    }

    /// Asks the Amazon-provided resolver as well, for comparison, at addresses where it may be.
    #[must_use]
    pub fn beside_amazon(
        mut self,
        addresses: &[IpAddr],
        settings: &ResolverSettings,
        port: u16,
    ) -> Self {
        let pace = &self.pace;
        let server =
            |address: &IpAddr| Server::new(*address, ResolverKind::Amazon, settings, port, pace);
        self.amazon = addresses.iter().map(server).collect();
        self
    }

    /// Asks one resolver after the other until one gives a final answer.
    pub(super) async fn lookup(&self, host: &str, record: Record, budget: &Budget) -> Lookup {
        let mut attempts = Vec::new();
        let last = self.servers.len().saturating_sub(1);
        for (index, server) in self.servers.iter().enumerate() {
            let turn = self.pace.turn(budget).await;
            let started = Instant::now();
            let limit = if index == last { self.last_limit(budget) } else { self.limit };
            let outcome = match turn {
                Some(()) => server.ask(host, record, limit, budget).await,
                None => LookupOutcome::NotFinished,
            };
            let next = outcome.asks_the_next();
            let elapsed_ms = milliseconds(started.elapsed());
            attempts.push(LookupAttempt { server: server.address, outcome, elapsed_ms });
            if !next {
                break;
            }
        }
        Lookup { record, attempts }
    }

    /// After the last resolver nobody is left to ask: it may take half of what is left, though no
    /// longer than a libc client would wait.
    fn last_limit(&self, budget: &Budget) -> Duration {
        self.timeout.min(self.limit.max(budget.remaining() / 2))
    }
}

impl Server {
    fn new(
        address: IpAddr,
        kind: ResolverKind,
        settings: &ResolverSettings,
        port: u16,
        pace: &Arc<DnsPace>,
    ) -> Self {
        let with_port = |mut connection: ConnectionConfig| {
            connection.port = port;
            connection
        };
        let mut connections = vec![with_port(ConnectionConfig::tcp())];
        if !settings.use_tcp {
            connections.insert(0, with_port(ConnectionConfig::udp()));
        }
        let mut options = ResolverOpts::default();
        options.timeout = settings.timeout();
        options.attempts = 0;
        options.num_concurrent_reqs = 1;
        options.max_active_requests = 1024;
        options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
        let server = NameServerConfig::new(address, true, connections);
        let sockets = DnsSockets::at_pace(pace.clone());
        let connections = DnsConnections(sockets.clone());
        let resolver = Resolver::new(server, options, connections);
        let resolver = resolver.map_err(|error| error.to_string());
        Self { address, kind, is_silent: AtomicBool::new(false), sockets, resolver }
    }

    pub(super) async fn ask(
        &self,
        host: &str,
        record: Record,
        limit: Duration,
        budget: &Budget,
    ) -> LookupOutcome {
        let resolver = match &self.resolver {
            Ok(resolver) => resolver,
            Err(detail) => return LookupOutcome::Unreachable { detail: detail.clone() },
        };
        // The final dot keeps search domains away: they cause queries, and answers, of their own.
        let Ok(name) = Name::from_ascii(format!("{}.", host.trim_end_matches('.'))) else {
            return LookupOutcome::Malformed { detail: format!("{host} is not a host name") };
        };
        let kind = match record {
            Record::A => RecordType::A,
            Record::Aaaa => RecordType::AAAA,
        };
        let outcome = match budget.wait(limit, resolver.lookup(name.clone(), kind)).await {
            Waited::Done(Ok(answer)) => answered(&answer, &name, record),
            Waited::Done(Err(error)) => failed(error),
            Waited::TimedOut => LookupOutcome::TimedOut,
            Waited::NotFinished => LookupOutcome::NotFinished,
        };
        if outcome == LookupOutcome::TimedOut && self.sockets.sent_other_than_answers() {
            let detail = "what it sends is no answer to the question".to_owned();
            return LookupOutcome::Malformed { detail };
        }
        outcome
    }
}

pub(super) fn failed(error: NetError) -> LookupOutcome {
    match error {
        NetError::Timeout => LookupOutcome::TimedOut,
        NetError::Io(error) if error.kind() == ErrorKind::TimedOut => LookupOutcome::TimedOut,
        NetError::Io(error) => {
            let detail = error.to_string();
            match error.kind() {
                ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
                | ErrorKind::AddrNotAvailable
                | ErrorKind::PermissionDenied
                | ErrorKind::UnexpectedEof
                | ErrorKind::BrokenPipe => LookupOutcome::Unreachable { detail },
                _ => LookupOutcome::LocalError { detail },
            }
        }
        NetError::NoConnections => {
            LookupOutcome::Unreachable { detail: "no way to send a packet to it".to_owned() }
        }
        NetError::Dns(DnsError::NoRecordsFound(none)) => by_code(none.response_code),
        NetError::Dns(DnsError::ResponseCode(code)) => by_code(code),
        other => LookupOutcome::Malformed { detail: other.to_string() },
    }
}

fn by_code(code: ResponseCode) -> LookupOutcome {
    match code {
        ResponseCode::NoError => LookupOutcome::NoData,
        ResponseCode::NXDomain => LookupOutcome::NoSuchName,
        ResponseCode::ServFail => LookupOutcome::ServerFailure,
        ResponseCode::Refused => LookupOutcome::Refused,
        other => LookupOutcome::OtherCode { code: other.to_string() },
    }
}
