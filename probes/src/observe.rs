//! Looks up every name and connects to every address of a plan, side by side, inside one deadline.

mod budget;
mod certificate;
mod dns;
mod dns_socket;
mod tcp;
mod tls;
mod trust;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use self::budget::Budget;
pub use self::dns::{DNS_PORT, Resolvers};
pub use self::trust::{Roots, Trust, TrustError};

use crate::observation::{
    AddressObservation, HostObservation, Lookup, Record, TcpObservation, TcpOutcome,
};
use crate::plan::Plan;
use crate::surroundings::HostsFile;
use crate::timestamp::milliseconds;

/// The port that every AWS service endpoint serves.
pub const HTTPS_PORT: u16 = 443;

/// Sockets that are open at once, so that a plan with a thousand names stays far below the usual
/// limit of 1,024 file descriptors.
const MAX_OPEN: usize = 200;

/// Addresses of one name that are connected to. Real endpoints have one a zone; what is beyond is
/// reported as not finished.
const MAX_ADDRESSES: usize = 256;

/// What observing depends on.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The hosts file.
    pub hosts_file: Arc<HostsFile>,
    /// The resolvers; `None` when the machine has none.
    pub resolvers: Option<Arc<Resolvers>>,
    /// The roots that are trusted.
    pub trust: Trust,
    /// The time there is.
    pub budget: Budget,
    /// Port to connect to: 443 everywhere but in tests.
    pub port: u16,
}

/// Observes every host name of the plan. Ends by the deadline: what is not finished by then says
/// so in its place.
pub async fn observe(plan: &Plan, conditions: &Conditions) -> Vec<HostObservation> {
    let mut names: Vec<&String> = Vec::new();
    for host in plan.endpoints.iter().flat_map(|endpoint| &endpoint.hosts) {
        if !names.contains(&host) {
            names.push(host);
        }
    }
    let open = Arc::new(Semaphore::new(MAX_OPEN));
    let mut tasks = JoinSet::new();
    for (index, name) in names.iter().enumerate() {
        let (name, conditions, open) = (name.to_string(), conditions.clone(), open.clone());
        tasks.spawn(async move { (index, observe_host(name, &conditions, &open).await) });
    }
    let mut observed: Vec<(usize, HostObservation)> = Vec::with_capacity(names.len());
    while let Some(joined) = tasks.join_next().await {
        observed.extend(joined.ok());
    }
    observed.sort_by_key(|(index, _)| *index);
    observed.into_iter().map(|(_, host)| host).collect()
}

async fn observe_host(
    host: String,
    conditions: &Conditions,
    open: &Arc<Semaphore>,
) -> HostObservation {
    let started = Instant::now();
    let pinned = conditions.hosts_file.addresses(&host).to_vec();
    let family = |record| lookup_and_connect(&host, record, pinned.is_empty(), conditions, open);
    let (connected, a, aaaa) = tokio::join!(
        connect_to_all(&host, &pinned, conditions, open),
        family(Record::A),
        family(Record::Aaaa),
    );
    let (mut lookups, mut addresses) = (Vec::new(), connected);
    for (lookup, connected) in [a, aaaa].into_iter().flatten() {
        lookups.push(lookup);
        addresses.extend(connected);
    }
    let elapsed_ms = milliseconds(started.elapsed());
    HostObservation { host, pinned, lookups, addresses, elapsed_ms }
}

/// Looks up one family, and connects to its addresses without waiting for the other: a resolver
/// that stays silent about IPv6 does not hold up IPv4. The addresses of a pinned name are looked up
/// for the report only, as clients do not use them. Nothing, when there is no resolver.
async fn lookup_and_connect(
    host: &str,
    record: Record,
    is_used: bool,
    conditions: &Conditions,
    open: &Arc<Semaphore>,
) -> Option<(Lookup, Vec<AddressObservation>)> {
    let resolvers = conditions.resolvers.as_ref()?;
    let lookup = lookup(resolvers, host, record, conditions, open).await;
    let addresses = if is_used { lookup.addresses() } else { &[] };
    let connected = connect_to_all(host, addresses, conditions, open).await;
    Some((lookup, connected))
}

/// Connects to every address, side by side; one that stands twice counts once.
async fn connect_to_all(
    host: &str,
    addresses: &[IpAddr],
    conditions: &Conditions,
    open: &Arc<Semaphore>,
) -> Vec<AddressObservation> {
    let mut distinct: Vec<IpAddr> = Vec::new();
    for address in addresses {
        if !distinct.contains(address) {
            distinct.push(*address);
        }
    }
    let mut tasks = JoinSet::new();
    for address in distinct.iter().copied().take(MAX_ADDRESSES) {
        let (host, conditions, open) = (host.to_owned(), conditions.clone(), open.clone());
        tasks.spawn(async move { observe_address(&host, address, &conditions, &open).await });
    }
    let mut observed: Vec<AddressObservation> = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        observed.extend(joined.ok());
    }
    let mut in_order = Vec::with_capacity(distinct.len());
    for address in distinct {
        let found = observed.iter().position(|seen| seen.address == address);
        in_order.push(found.map_or_else(|| not_finished(address), |at| observed.swap_remove(at)));
    }
    in_order
}

fn not_finished(address: IpAddr) -> AddressObservation {
    let tcp = TcpObservation { outcome: TcpOutcome::NotFinished, elapsed_ms: 0.0 };
    AddressObservation { address, tcp, tls: None }
}

async fn lookup(
    resolvers: &Resolvers,
    host: &str,
    record: Record,
    conditions: &Conditions,
    open: &Semaphore,
) -> Lookup {
    let _place = conditions.budget.within(open.acquire()).await;
    resolvers.lookup(host, record, &conditions.budget).await
}

async fn observe_address(
    host: &str,
    address: IpAddr,
    conditions: &Conditions,
    open: &Semaphore,
) -> AddressObservation {
    let budget = &conditions.budget;
    let Some(_place) = budget.within(open.acquire()).await else { return not_finished(address) };
    let (stream, tcp) = tcp::connect(address, conditions.port, budget).await;
    let tls = match stream {
        Some(stream) => Some(tls::handshake(stream, host, &conditions.trust, budget).await),
        None => None,
    };
    AddressObservation { address, tcp, tls }
}
