//! What was seen: answers of resolvers, connections, handshakes. Plain data without judgement.

mod connection;
mod handshake;
mod lookup;

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

pub use self::connection::{AddressObservation, TcpObservation, TcpOutcome};
pub use self::handshake::{Certificate, TlsObservation, TlsOutcome};
pub use self::lookup::{Lookup, LookupAttempt, LookupOutcome, Record, SeparateAnswer};
use crate::ecs_agent::EcsAgent;
use crate::timestamp::{milliseconds, rfc3339};

/// Everything that one run saw.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Observations {
    /// When the run began, RFC 3339 in UTC, by this machine's clock.
    pub started_at: String,
    /// How long the whole run took.
    pub elapsed_ms: f64,
    /// How long the whole run could take.
    pub deadline_ms: f64,
    /// One entry for each host name of the plan, in its order, without repetition.
    pub hosts: Vec<HostObservation>,
    /// One entry for each side name of the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_names: Vec<SideNameObservation>,
    /// What was seen of the ECS agent, where it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_agent: Option<EcsAgent>,
}

impl Observations {
    /// What a run saw that began at `started` and had until `deadline` after it.
    pub fn new(started: SystemTime, deadline: Duration, hosts: Vec<HostObservation>) -> Self {
        Self {
            started_at: rfc3339(started.into()),
            elapsed_ms: started.elapsed().map_or(0.0, milliseconds),
            deadline_ms: milliseconds(deadline),
            hosts,
            side_names: Vec::new(),
            ecs_agent: None,
        }
    }

    /// What was seen of one host name.
    pub fn host(&self, name: &str) -> Option<&HostObservation> {
        self.hosts.iter().find(|host| host.host == name)
    }

    /// What the resolvers say of one side name.
    pub fn side_name(&self, name: &str) -> Option<&Lookup> {
        self.side_names.iter().find(|side| side.host == name).map(|side| &side.lookup)
    }
}

/// What was seen of one host name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostObservation {
    /// The host name.
    pub host: String,
    /// The addresses that the hosts file pins it to. A libc client uses these and asks no resolver.
    pub pinned: Vec<IpAddr>,
    /// What the resolvers say: one entry for IPv4 (A), one for IPv6 (AAAA).
    pub lookups: Vec<Lookup>,
    /// What single resolvers say that the lookups did not get to, or that this machine does not ask:
    /// for comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub separately: Vec<SeparateAnswer>,
    /// What came of connecting, for each address a client would use.
    pub addresses: Vec<AddressObservation>,
    /// From the start of the lookup to the end of the last handshake.
    pub elapsed_ms: f64,
}

/// What the resolvers say of a side name.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SideNameObservation {
    /// The name.
    pub host: String,
    /// What the resolvers say: of IPv4, or of IPv6 where this machine has nothing else.
    pub lookup: Lookup,
}
