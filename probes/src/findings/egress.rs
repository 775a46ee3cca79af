//! Whether there is another way out of this network than a gateway endpoint for Amazon S3.

use std::net::IpAddr;

use super::advice::may_be_by_gateway;
use super::ecs_agent::{AgentConnection, EcsAgentCheck};
use super::host_view::{HostView, list};
use super::tcp_rules::LOST_PACKET_MS;
use crate::address_class::{AddressClass, VpcRanges};
use crate::observation::{HostObservation, Lookup, LookupOutcome, Observations, TcpOutcome};
use crate::plan::Plan;
use crate::surroundings::Surroundings;

/// What the control connections showed.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Egress {
    /// The caller did not ask for control connections.
    NotAsked,
    /// There is another way out: what showed it.
    Open(String),
    /// None of the control connections got an answer.
    Closed {
        /// The host names.
        hosts: Vec<String>,
        /// Whether some of their addresses are IPv4.
        ipv4: bool,
        /// Whether some of their addresses are IPv6.
        ipv6: bool,
    },
    /// They tell nothing: why not.
    Unknown(String),
}

/// What one control connection showed.
enum Control {
    Connects(IpAddr),
    Silent(Vec<IpAddr>),
    TellsNothing(String),
}

impl Egress {
    pub(super) fn of(
        surroundings: &Surroundings,
        plan: &Plan,
        observations: &Observations,
        views: &[HostView<'_>],
        ecs_agent: Option<&EcsAgentCheck>,
    ) -> Self {
        let Some(checks) = &plan.egress_checks else { return Self::NotAsked };
        // A firewall may let some of AWS out: what was seen to work counts whatever the control
        // connections show.
        if let Some(seen) = open_way(surroundings, views) {
            return Self::Open(seen);
        }
        let agent = ecs_agent.map(|check| check.connection);
        if matches!(agent, Some(AgentConnection::Public | AgentConnection::Mixed)) {
            return Self::Open("the ECS agent is connected to a public address".to_owned());
        }
        let ranges = surroundings.vpc_ranges();
        let (mut hosts, mut silent, mut nothing) = (Vec::new(), Vec::new(), None);
        for check in checks {
            match control(observations.host(&check.host), &ranges) {
                Control::Connects(address) => {
                    return Self::Open(format!("{} ({address}): connected", check.host));
                }
                Control::Silent(addresses) => {
                    hosts.push(check.host.clone());
                    silent.extend(addresses);
                }
                Control::TellsNothing(why) => {
                    nothing.get_or_insert(format!("{}: {why}", check.host));
                }
            }
        }
        match (nothing, hosts.is_empty()) {
            (Some(why), _) => Self::Unknown(format!("the control connections tell nothing: {why}")),
            (None, true) => Self::Unknown(format!(
                "the partition {} has no other Region to make control connections to",
                plan.partition.as_deref().unwrap_or("of this Region")
            )),
            (None, false) => Self::Closed {
                hosts,
                ipv4: silent.iter().any(IpAddr::is_ipv4),
                ipv6: silent.iter().any(IpAddr::is_ipv6),
            },
        }
    }
}

/// A public address that could be connected to, and to which no gateway endpoint leads.
fn open_way(surroundings: &Surroundings, views: &[HostView<'_>]) -> Option<String> {
    views.iter().filter(|view| !may_be_by_gateway(surroundings, view)).find_map(|view| {
        let public = |class| class == AddressClass::Public;
        let open =
            view.addresses.iter().find(|address| public(address.class) && address.connects())?;
        Some(format!("{} ({}): connected", view.host, open.address))
    })
}

fn control(observed: Option<&HostObservation>, ranges: &VpcRanges) -> Control {
    let Some(observed) = observed else {
        return Control::TellsNothing("not finished before the deadline".to_owned());
    };
    let addresses: Vec<IpAddr> = observed.addresses.iter().map(|seen| seen.address).collect();
    if addresses.is_empty() {
        let outcomes = observed.lookups.iter().filter_map(Lookup::outcome);
        let said = outcomes.filter(|said| !said.is_without_data()).map(LookupOutcome::words).next();
        return Control::TellsNothing(said.unwrap_or_else(|| "no address".to_owned()));
    }
    if !observed.pinned.is_empty() {
        return Control::TellsNothing("pinned in the hosts file".to_owned());
    }
    if addresses.iter().any(|address| ranges.classify(*address) != AddressClass::Public) {
        return Control::TellsNothing(format!("leads to {}, not only public", list(&addresses)));
    }
    let connected =
        observed.addresses.iter().find(|seen| seen.tcp.outcome == TcpOutcome::Connected);
    if let Some(seen) = connected {
        return Control::Connects(seen.address);
    }
    let neither = observed.addresses.iter().find(|seen| match seen.tcp.outcome {
        TcpOutcome::TimedOut => seen.tcp.elapsed_ms < LOST_PACKET_MS,
        TcpOutcome::Unreachable { .. } => false,
        _ => true,
    });
    match neither {
        Some(seen) if seen.tcp.outcome == TcpOutcome::TimedOut => {
            Control::TellsNothing("waited too briefly: give more time with --deadline".to_owned())
        }
        Some(seen) => Control::TellsNothing(seen.tcp.outcome.words()),
        None => Control::Silent(addresses),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::{address, host, surroundings, with};
    use crate::findings::{S3Way, judge};
    use crate::observation::{AddressObservation, TlsOutcome};
    use crate::plan::EgressCheck;

    const LAYERS: &str = "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com";
    const CONTROL: &str = "s3.us-east-2.amazonaws.com";

    /// The path to the layers that a run gives whose control connection went like this.
    fn path(control: Vec<AddressObservation>, checks: Option<usize>) -> (S3Way, String) {
        let s3 = address("52.216.1.1", TcpOutcome::Connected, Some(TlsOutcome::Completed));
        let (mut plan, mut seen) = with(LAYERS, host(LAYERS, vec![s3]));
        let check = || EgressCheck { host: CONTROL.to_owned(), why: String::new() };
        plan.egress_checks = checks.map(|count| vec![check(); count]);
        seen.hosts.push(host(CONTROL, control));
        let judgement = judge(&surroundings(), &plan, &seen);
        let check = judgement.checks.into_iter().find(|check| check.host == LAYERS).unwrap();
        let path = check.path.unwrap();
        (path.through, path.why)
    }

    #[test]
    fn only_silence_of_public_addresses_shows_that_there_is_no_other_way_out() {
        let one = |ip: &str, tcp: TcpOutcome| vec![address(ip, tcp, None)];
        let detail = || "x".to_owned();
        let silent = || one("52.219.1.1", TcpOutcome::TimedOut);
        assert_eq!(path(silent(), Some(1)).0, S3Way::GatewayEndpoint);
        let unreachable = TcpOutcome::Unreachable { detail: detail() };
        assert_eq!(path(one("52.219.1.1", unreachable), Some(1)).0, S3Way::GatewayEndpoint);
        let mut brief = silent();
        brief[0].tcp.elapsed_ms = 700.0;
        let mut mixed = silent();
        mixed.extend(one("10.0.9.9", TcpOutcome::TimedOut));
        for (control, checks, why) in [
            (silent(), None, "--check-egress"),
            (silent(), Some(0), "no other Region"),
            (one("52.219.1.1", TcpOutcome::Connected), Some(1), "another way out"),
            (one("52.219.1.1", TcpOutcome::Refused), Some(1), "connection refused"),
            (one("52.219.1.1", TcpOutcome::Reset), Some(1), "connection reset"),
            (one("52.219.1.1", TcpOutcome::NotFinished), Some(1), "not finished"),
            (
                one("52.219.1.1", TcpOutcome::NotPermitted { detail: detail() }),
                Some(1),
                "permitted",
            ),
            (one("52.219.1.1", TcpOutcome::LocalError { detail: detail() }), Some(1), "not tried"),
            (one("10.0.9.9", TcpOutcome::TimedOut), Some(1), "not only public"),
            (one("2600:1fa0::1", TcpOutcome::TimedOut), Some(1), "same family"),
            (mixed, Some(1), "not only public"),
            (brief, Some(1), "too briefly"),
            (Vec::new(), Some(1), "no address"),
        ] {
            let (through, said) = path(control, checks);
            assert_eq!(through, S3Way::Unknown, "{said}");
            assert!(said.contains(why), "{said}, not {why}");
        }
    }
}
