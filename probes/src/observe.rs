//! Looks up every name and connects to every address of a plan, side by side, inside one deadline.

mod budget;
mod certificate;
mod dns;
mod dns_answer;
mod dns_connections;
mod dns_exchange;
mod dns_pace;
mod dns_socket;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod handshake;
mod presented;
mod separately;
mod side_names;
mod tcp;
mod tls;
mod trust;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;

pub use self::budget::Budget;
pub use self::dns::{DNS_PORT, Resolvers};
pub use self::side_names::observe_side_names;
pub use self::trust::{Roots, Trust, TrustError};

use self::separately::Comparison;
use crate::catalog::Expectation;
use crate::observation::{
    AddressObservation, HostObservation, Lookup, Record, SeparateAnswer, TcpObservation, TcpOutcome,
};
use crate::plan::{Endpoint, Plan};
use crate::surroundings::HostsFile;
use crate::timestamp::milliseconds;

/// The port that every AWS service endpoint serves.
pub const HTTPS_PORT: u16 = 443;

/// Connections that are open at once, so that a plan with a thousand names stays far below the usual
/// limit of 1,024 file descriptors.
const MAX_OPEN: usize = 200;

/// Questions that are asked at once beside them: who waits for a turn to ask keeps nobody from
/// connecting.
const MAX_ASKING: usize = 150;

/// Sockets beside those for questions that are asked for comparison.
const MAX_COMPARING: usize = 50;

/// Addresses of one name that are connected to. Real endpoints have one a zone; what is beyond is
/// reported as not finished.
pub(crate) const MAX_ADDRESSES: usize = 64;

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

impl Conditions {
    fn for_one_name(&self) -> Self {
        Self { trust: self.trust.for_one_name(), ..self.clone() }
    }
}

/// What bounds the sockets that all names together have open.
#[derive(Clone)]
struct Places {
    open: Arc<Semaphore>,
    asking: Arc<Semaphore>,
}

/// Observes every host name of the plan. Ends by the deadline: what is not finished by then says
/// so in its place.
pub async fn observe(plan: &Plan, conditions: &Conditions) -> Vec<HostObservation> {
    let names = plan.host_names();
    let private = should_be_private(plan);
    let places = Places {
        open: Arc::new(Semaphore::new(MAX_OPEN)),
        asking: Arc::new(Semaphore::new(MAX_ASKING)),
    };
    let comparing = Arc::new(Semaphore::new(MAX_COMPARING));
    let mut tasks = JoinSet::new();
    for (index, name) in names.iter().enumerate() {
        let (name, conditions, places) = (name.to_string(), conditions.clone(), places.clone());
        let comparing = private.contains(name.as_str()).then(|| comparing.clone());
        let observing = async move { observe_host(name, &conditions, &places, comparing).await };
        tasks.spawn(async move { (index, observing.await) });
    }
    let mut observed: Vec<(usize, HostObservation)> = Vec::with_capacity(names.len());
    while let Some(joined) = tasks.join_next().await {
        observed.extend(joined.ok());
    }
    observed.sort_by_key(|(index, _)| *index);
    observed.into_iter().map(|(_, host)| host).collect()
}

/// The names about which resolvers can differ so that it matters: about private addresses.
fn should_be_private(plan: &Plan) -> BTreeSet<&str> {
    let private = |endpoint: &&Endpoint| endpoint.expectation == Expectation::Private;
    let endpoints = plan.endpoints.iter().filter(private);
    endpoints.flat_map(|endpoint| &endpoint.hosts).map(String::as_str).collect()
}

/// `comparing` holds the sockets for comparing resolvers, where that is wanted.
async fn observe_host(
    host: String,
    conditions: &Conditions,
    places: &Places,
    comparing: Option<Arc<Semaphore>>,
) -> HostObservation {
    let started = Instant::now();
    let conditions = &conditions.for_one_name();
    let pinned = conditions.hosts_file.addresses(&host).to_vec();
    let family = |record| {
        let (asked, budget) = (host.clone(), conditions.budget);
        let comparison =
            comparing.clone().map(|places| Comparison::new(asked, record, budget, places));
        observe_family(&host, record, pinned.is_empty(), conditions, places, comparison)
    };
    let (connected, a, aaaa) = tokio::join!(
        until_now(connect_to_all(&host, &pinned, conditions, &places.open)),
        family(Record::A),
        family(Record::Aaaa),
    );
    let (mut addresses, mut finished) = connected;
    let (mut lookups, mut separately) = (Vec::new(), Vec::new());
    for seen in [a, aaaa].into_iter().flatten() {
        lookups.push(seen.lookup);
        addresses.extend(seen.addresses);
        separately.extend(seen.separately);
        finished = finished.max(seen.finished);
    }
    let elapsed_ms = milliseconds(finished.saturating_duration_since(started));
    HostObservation { host, pinned, lookups, separately, addresses, elapsed_ms }
}

/// What was seen of the addresses of one family.
struct FamilyObservation {
    lookup: Lookup,
    addresses: Vec<AddressObservation>,
    /// When the last handshake ended.
    finished: Instant,
    separately: Vec<SeparateAnswer>,
}

/// Looks up one family, and connects to its addresses without waiting for the other: a resolver
/// that stays silent about IPv6 does not hold up IPv4. The addresses of a pinned name are looked up
/// for the report only, as clients do not use them. Other resolvers are asked beside the connections, so
/// that they hold up nothing. Nothing, when there is no resolver.
async fn observe_family(
    host: &str,
    record: Record,
    is_used: bool,
    conditions: &Conditions,
    places: &Places,
    comparison: Option<Comparison>,
) -> Option<FamilyObservation> {
    let resolvers = conditions.resolvers.as_ref()?;
    let answered = Notify::new();
    let looked_up_and_connected = async {
        let lookup = lookup(resolvers, host, record, conditions, &places.asking).await;
        answered.notify_one();
        let addresses = if is_used { lookup.addresses() } else { &[] };
        let (connected, rest) = tokio::join!(
            until_now(connect_to_all(host, addresses, conditions, &places.open)),
            async {
                match &comparison {
                    Some(comparison) => comparison.ask_the_rest(resolvers, &lookup).await,
                    None => Vec::new(),
                }
            }
        );
        (lookup, connected, rest)
    };
    let of_amazon = async {
        match &comparison {
            Some(comparison) => {
                comparison.after(&answered).await;
                comparison.ask_amazon(resolvers).await
            }
            None => Vec::new(),
        }
    };
    let ((lookup, (addresses, finished), mut separately), of_amazon) =
        tokio::join!(looked_up_and_connected, of_amazon);
    separately.extend(of_amazon);
    Some(FamilyObservation { lookup, addresses, finished, separately })
}

/// What a future gives, and when it did.
async fn until_now<T>(future: impl Future<Output = T>) -> (T, Instant) {
    let value = future.await;
    (value, Instant::now())
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
    let tcp = TcpObservation { outcome: TcpOutcome::NotFinished, elapsed_ms: 0.0, attempts: None };
    AddressObservation { address, tcp, tls: None }
}

async fn lookup(
    resolvers: &Resolvers,
    host: &str,
    record: Record,
    conditions: &Conditions,
    asking: &Semaphore,
) -> Lookup {
    let _place = conditions.budget.within(asking.acquire()).await;
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
    handshake::connect_and_shake_hands(host, address, conditions).await
}
