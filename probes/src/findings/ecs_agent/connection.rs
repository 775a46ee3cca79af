//! Where the agent's connections lead.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::address_class::AddressClass;
use crate::ecs_agent::{AgentConnections, ConnectionScope};

/// Where the agent's connections to the ECS control plane lead.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AgentConnection {
    /// To private addresses: through the endpoints.
    Private,
    /// To public addresses.
    Public,
    /// Some to private, some to public addresses.
    Mixed,
    /// Nowhere.
    Disconnected,
    /// It cannot be seen from here.
    Unknown,
}

impl AgentConnection {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Mixed => "mixed",
            Self::Disconnected => "disconnected",
            Self::Unknown => "unknown",
        }
    }
}

/// The other end of an established connection to port 443.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentPeer {
    /// Its address.
    pub address: IpAddr,
    /// What kind of address it is.
    pub class: AddressClass,
    /// The service whose names lead there now; none when no name of the plan does.
    pub service: Option<String>,
}

/// Judges the connections. `resolved` tells whether the agent's own service (`ecs-agent`) has
/// addresses now to compare with; the reason comes with `Unknown`.
///
/// The agent is connected when it has a connection to `ecs-agent`, over which ECS tells it what to
/// run; the one to `ecs-telemetry` only carries metrics. An agent also talks to other services, so
/// that a public peer which no name explains counts only while a connection to ECS is missed: S3
/// has more addresses than one answer of DNS holds.
pub(super) fn judge(
    connections: &AgentConnections,
    peers: &[AgentPeer],
    resolved: bool,
) -> (AgentConnection, Option<String>) {
    let leads_to = |service: &'static str| {
        peers.iter().filter(move |peer| peer.service.as_deref() == Some(service))
    };
    let control = leads_to("ecs-agent").map(|peer| peer.class).collect::<Vec<_>>();
    let telemetry = leads_to("ecs-telemetry").any(|peer| peer.class.is_private());
    let stray = |class: AddressClass| {
        peers.iter().any(|peer| peer.service.is_none() && peer.class == class)
    };
    let is_own = connections.scope == ConnectionScope::Agent;
    // Of other processes' connections nothing is known but that they are there.
    let stray_public = is_own && stray(AddressClass::Public);
    let public = control.contains(&AddressClass::Public)
        || leads_to("ecs-telemetry").any(|peer| peer.class == AddressClass::Public);
    let private = control.iter().any(|class| class.is_private());
    let known = |state| (state, None);
    if private {
        let missed = !telemetry && stray_public;
        return known(if public || missed {
            AgentConnection::Mixed
        } else {
            AgentConnection::Private
        });
    }
    if public || stray_public {
        return known(if telemetry { AgentConnection::Mixed } else { AgentConnection::Public });
    }
    let unknown = |why: &str| (AgentConnection::Unknown, Some(why.to_owned()));
    if !control.is_empty() {
        return unknown(
            "the agent is connected to ecs-agent, at an address of which it is not known whether it belongs to this VPC",
        );
    }
    let unexplained = peers.iter().any(|peer| peer.service.is_none());
    match (unexplained, is_own) {
        (false, _) => known(AgentConnection::Disconnected),
        (true, false) => unknown(
            "whose connections these are cannot be seen by this user, and none of them leads to ecs-agent",
        ),
        (true, true) if !resolved => unknown(
            "the names of ecs-agent do not resolve now, so there is nothing to compare with",
        ),
        (true, true) => unknown(
            "the agent is connected to private addresses to which no name leads now: a proxy, or endpoints that were replaced",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(scope: ConnectionScope, peers: &[(&str, AddressClass)]) -> AgentConnection {
        let peers: Vec<AgentPeer> = peers
            .iter()
            .enumerate()
            .map(|(number, (service, class))| AgentPeer {
                address: IpAddr::from([10, 0, 1, u8::try_from(number).unwrap()]),
                class: *class,
                service: (!service.is_empty()).then(|| (*service).to_owned()),
            })
            .collect();
        let addresses = peers.iter().map(|peer| peer.address).collect();
        judge(&AgentConnections { scope, peers: addresses, looks: 1 }, &peers, true).0
    }

    #[test]
    fn the_connection_to_ecs_agent_decides() {
        use AddressClass::{InVpc, Public, Unknown};
        use AgentConnection as Is;
        let own = |peers: &[(&str, AddressClass)]| state(ConnectionScope::Agent, peers);
        let control = ("ecs-agent", InVpc);
        let telemetry = ("ecs-telemetry", InVpc);
        assert_eq!(own(&[control, telemetry]), Is::Private);
        assert_eq!(own(&[control]), Is::Private, "metrics can be switched off");
        assert_eq!(own(&[control, telemetry, ("s3", Public)]), Is::Private);
        assert_eq!(own(&[control, telemetry, ("", Public)]), Is::Private, "another service");
        assert_eq!(own(&[control, ("", Public)]), Is::Mixed);
        assert_eq!(own(&[telemetry, ("", Public)]), Is::Mixed);
        assert_eq!(own(&[control, ("ecs-agent", Public)]), Is::Mixed);
        assert_eq!(own(&[("", Public)]), Is::Public);
        assert_eq!(own(&[("ecs", InVpc), ("", Public)]), Is::Public);
        assert_eq!(own(&[("ecs-agent", Public)]), Is::Public);
        assert_eq!(own(&[("s3", Public)]), Is::Disconnected);
        assert_eq!(own(&[telemetry]), Is::Disconnected);
        assert_eq!(own(&[]), Is::Disconnected);
        assert_eq!(own(&[("", InVpc)]), Is::Unknown);
        assert_eq!(own(&[("ecs-agent", Unknown)]), Is::Unknown);
    }

    #[test]
    fn of_other_peoples_connections_only_those_to_ecs_count() {
        use AddressClass::{InVpc, Public};
        use AgentConnection as Is;
        let any = |peers: &[(&str, AddressClass)]| state(ConnectionScope::Network, peers);
        assert_eq!(any(&[("ecs-agent", InVpc), ("", Public)]), Is::Private);
        assert_eq!(any(&[("", Public)]), Is::Unknown);
        assert_eq!(any(&[]), Is::Disconnected);
    }
}
