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
pub use self::certificate::describe;
pub use self::dns::{DNS_PORT, Resolvers};
pub use self::trust::{Trust, TrustError};

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

/// Addresses of one name that are connected to. Real endpoints have one a zone.
const MAX_ADDRESSES: usize = 32;

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
    let lookups = match &conditions.resolvers {
        Some(resolvers) => {
            let (a, aaaa) = tokio::join!(
                lookup(resolvers, &host, Record::A, conditions, open),
                lookup(resolvers, &host, Record::Aaaa, conditions, open),
            );
            vec![a, aaaa]
        }
        None => Vec::new(),
    };
    let addresses = addresses_of_client(&pinned, &lookups);
    let mut tasks = JoinSet::new();
    for (index, address) in addresses.into_iter().enumerate() {
        let (host, conditions, open) = (host.clone(), conditions.clone(), open.clone());
        tasks.spawn(
            async move { (index, observe_address(&host, address, &conditions, &open).await) },
        );
    }
    let mut observed: Vec<(usize, AddressObservation)> = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        observed.extend(joined.ok());
    }
    observed.sort_by_key(|(index, _)| *index);
    HostObservation {
        host,
        pinned,
        lookups,
        addresses: observed.into_iter().map(|(_, address)| address).collect(),
        elapsed_ms: milliseconds(started.elapsed()),
    }
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

/// The addresses that a libc client uses: those of the hosts file if it has any, else those of the
/// resolvers, each once.
fn addresses_of_client(pinned: &[IpAddr], lookups: &[Lookup]) -> Vec<IpAddr> {
    let resolved = lookups.iter().flat_map(Lookup::addresses);
    let mut addresses: Vec<IpAddr> = Vec::new();
    let candidates: Vec<&IpAddr> =
        if pinned.is_empty() { resolved.collect() } else { pinned.iter().collect() };
    for address in candidates {
        if !addresses.contains(address) && addresses.len() < MAX_ADDRESSES {
            addresses.push(*address);
        }
    }
    addresses
}

async fn observe_address(
    host: &str,
    address: IpAddr,
    conditions: &Conditions,
    open: &Semaphore,
) -> AddressObservation {
    let budget = &conditions.budget;
    let Some(_place) = budget.within(open.acquire()).await else {
        let tcp = TcpObservation { outcome: TcpOutcome::NotFinished, elapsed_ms: 0.0 };
        return AddressObservation { address, tcp, tls: None };
    };
    let (stream, tcp) = tcp::connect(address, conditions.port, budget).await;
    let tls = match stream {
        Some(stream) => Some(tls::handshake(stream, host, &conditions.trust, budget).await),
        None => None,
    };
    AddressObservation { address, tcp, tls }
}
