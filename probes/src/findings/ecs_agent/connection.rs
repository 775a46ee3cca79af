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
/// addresses now to compare with, `sent_away` whether this agent's log names a public host; the reason
/// comes with `Unknown`.
///
/// The agent is connected when it has a connection to `ecs-agent`, over which ECS tells it what to
/// run; the one to `ecs-telemetry` only carries metrics, and can be switched off. An agent also talks
/// to other services, and S3 has more addresses than one answer of DNS holds: a public peer that no
/// name explains speaks for itself only where no private one does.
pub(super) fn judge(
    connections: &AgentConnections,
    peers: &[AgentPeer],
    resolved: bool,
    sent_away: bool,
) -> (AgentConnection, Option<String>) {
    let leads_to = |service: &'static str| {
        peers.iter().filter(move |peer| peer.service.as_deref() == Some(service))
    };
    let has = |service, class| leads_to(service).any(|peer| peer.class == class);
    let stray = |is_wanted: fn(AddressClass) -> bool| {
        peers.iter().any(|peer| peer.service.is_none() && is_wanted(peer.class))
    };
    let is_own = connections.scope == ConnectionScope::Agent;
    let private = leads_to("ecs-agent").any(|peer| peer.class.is_private());
    let telemetry = leads_to("ecs-telemetry").any(|peer| peer.class.is_private());
    let public =
        has("ecs-agent", AddressClass::Public) || has("ecs-telemetry", AddressClass::Public);
    // Of other processes' connections nothing is known but that they are there.
    let stray_public = is_own && stray(|class| class == AddressClass::Public);
    let stray_private = stray(AddressClass::is_private);
    let known = |state| (state, None);
    if private {
        let is_mixed = public || (stray_public && !telemetry && sent_away);
        return known(if is_mixed { AgentConnection::Mixed } else { AgentConnection::Private });
    }
    if public || (stray_public && (sent_away || !stray_private)) {
        return known(if telemetry { AgentConnection::Mixed } else { AgentConnection::Public });
    }
    let unknown = |why: &str| (AgentConnection::Unknown, Some(why.to_owned()));
    if leads_to("ecs-agent").next().is_some() {
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

    fn state(
        scope: ConnectionScope,
        peers: &[(&str, AddressClass)],
        sent_away: bool,
    ) -> AgentConnection {
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
        judge(&AgentConnections { scope, peers: addresses, looks: 1 }, &peers, true, sent_away).0
    }

    #[test]
    fn the_connection_to_ecs_agent_decides() {
        use AddressClass::{InVpc, Public, Unknown};
        use AgentConnection as Is;
        let own = |peers: &[(&str, AddressClass)]| state(ConnectionScope::Agent, peers, false);
        let sent_away = |peers: &[(&str, AddressClass)]| state(ConnectionScope::Agent, peers, true);
        let control = ("ecs-agent", InVpc);
        let telemetry = ("ecs-telemetry", InVpc);
        assert_eq!(own(&[control, telemetry]), Is::Private);
        assert_eq!(own(&[control]), Is::Private, "metrics can be switched off");
        assert_eq!(own(&[control, telemetry, ("s3", Public)]), Is::Private);
        assert_eq!(own(&[control, telemetry, ("", Public)]), Is::Private, "another service");
        assert_eq!(own(&[control, ("", Public)]), Is::Private, "metrics off, and another service");
        assert_eq!(sent_away(&[control, ("", Public)]), Is::Mixed);
        assert_eq!(own(&[("", InVpc), ("", Public)]), Is::Unknown, "an address of before, and S3");
        assert_eq!(sent_away(&[("", InVpc), ("", Public)]), Is::Public);
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
        let any = |peers: &[(&str, AddressClass)]| state(ConnectionScope::Network, peers, true);
        assert_eq!(any(&[("ecs-agent", InVpc), ("", Public)]), Is::Private);
        assert_eq!(any(&[("", Public)]), Is::Unknown);
        assert_eq!(any(&[]), Is::Disconnected);
    }
}
