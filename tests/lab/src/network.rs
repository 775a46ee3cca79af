//! The network of the lab: addresses, routes and packet filter of one namespace.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use crate::agent_process::{BEHIND_GATEWAY, INTROSPECTION};
use crate::behaviour::{AgentNetwork, TlsBehaviour};
use crate::error::Trouble;
use crate::relay::{self, Relay};
use crate::vpc::{Server, Vpc};
use crate::{owned, path_network, tools};

/// Nobody's hardware address: what is sent to it ends at the far side of the veth pair.
const ROUTER_MAC: &str = "02:00:00:00:00:01";

/// Those of the agent, its task metadata and the lab's own place for an agent behind the gateway.
const RESERVED_PORTS: &str = "51678-51680";

/// Sets up the namespace this process is in; returns the path, where the VPC has one.
pub(crate) fn set_up(
    vpc: &Vpc,
    servers: &BTreeMap<IpAddr, Server>,
) -> Result<Option<Relay>, Trouble> {
    set_up_kernel()?;
    tools::run("ip", &["-batch", "-"], &ip_batch(vpc, servers))?;
    let relay = match &vpc.path {
        Some(path) => {
            let relay = Relay::start(path)?;
            path_network::set_up(vpc, servers, path)?;
            Some(relay)
        }
        None => None,
    };
    let comes_by = if relay.is_some() { relay::DEVICE } else { "lo" };
    let rules = nft_rules(servers, comes_by) + &nft_gateways(vpc);
    if !rules.is_empty() {
        tools::run("nft", &["-f", "-"], &rules)?;
    }
    Ok(relay)
}

/// Settings of the namespace that differ from what it inherits or starts with.
fn set_up_kernel() -> Result<(), Trouble> {
    let settings = [
        // A new namespace inherits forwarding from the machine, and container hosts have it on.
        ("/proc/sys/net/ipv4/ip_forward", "0"),
        // As ecs-init does: no connection takes the agent's port for its own end.
        ("/proc/sys/net/ipv4/ip_local_reserved_ports", RESERVED_PORTS),
    ];
    settings.iter().try_for_each(|(path, wanted)| {
        if fs::read_to_string(path).is_ok_and(|now| now.trim() == *wanted) {
            return Ok(());
        }
        fs::write(path, wanted)
            .map_err(|why| Trouble::File { path: (*path).to_owned(), why: why.to_string() })
    })
}

fn ip_batch(vpc: &Vpc, servers: &BTreeMap<IpAddr, Server>) -> String {
    let mut lines =
        vec!["link set lo up".to_owned(), "link add eth0 type veth peer name vpcrouter".to_owned()];
    lines.extend(vpc.mac.iter().map(|mac| format!("link set eth0 address {mac}")));
    lines.push("link set vpcrouter addrgenmode none up".to_owned());
    lines.push("link set eth0 up".to_owned());
    for own in &vpc.instance {
        lines.push(format!("addr add {own} dev eth0 noprefixroute{}", nodad(own.addr())));
    }
    for address in owned::on_lo(vpc, servers) {
        lines.push(format!("addr add {} dev lo{}", IpNet::from(address), nodad(address)));
    }
    lines.extend(routes(&vpc.instance));
    // After the routes, as no route may lead through an address of one's own.
    lines.extend(
        gateways(vpc)
            .iter()
            .map(|gateway| format!("addr add {} dev lo{}", IpNet::from(*gateway), nodad(*gateway))),
    );
    lines.extend(servers.iter().filter_map(|(address, server)| {
        let kind = match server.behaviour {
            TlsBehaviour::NoRoute => "unreachable",
            TlsBehaviour::Prohibited if address.is_ipv6() => "prohibit",
            _ => return None,
        };
        Some(format!("route add {kind} {}", IpNet::from(*address)))
    }));
    lines.extend(vpc.routes.iter().map(|(address, dead_end)| {
        format!("route add {} {}", String::from(*dead_end), IpNet::from(*address))
    }));
    lines.join("\n") + "\n"
}

fn nodad(address: IpAddr) -> &'static str {
    if address.is_ipv6() { " nodad" } else { "" }
}

/// Everything unowned, the instance's own subnets too, leaves through a router that is not there.
fn routes(instance: &[IpNet]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut with_default = BTreeSet::new();
    for own in instance {
        let router = router_of(own);
        let first_of_family = with_default.insert(own.addr().is_ipv6());
        if first_of_family {
            lines.push(format!("neigh add {router} lladdr {ROUTER_MAC} dev eth0 nud permanent"));
            lines.push(format!("route add default via {router} dev eth0 onlink"));
        }
    }
    lines
}

/// The default gateways, where the agent of the instance around this container answers on them.
pub(crate) fn gateways(vpc: &Vpc) -> BTreeSet<IpAddr> {
    let behind = vpc.agent.iter().any(|agent| agent.network == AgentNetwork::Gateway);
    vpc.instance.iter().filter(|_| behind).map(router_of).collect()
}

/// The first address after the subnet's own, as in every VPC.
fn router_of(own: &IpNet) -> IpAddr {
    match own.network() {
        IpAddr::V4(base) => Ipv4Addr::from_bits(base.to_bits().wrapping_add(1)).into(),
        IpAddr::V6(base) => Ipv6Addr::from_bits(base.to_bits().wrapping_add(1)).into(),
    }
}

/// Input rules on the device that packets come by: there the sender sees silence, where an output rule would tell it.
fn nft_rules(servers: &BTreeMap<IpAddr, Server>, comes_by: &str) -> String {
    let mut rules = String::new();
    for (address, server) in servers {
        let family = if address.is_ipv6() { "ip6" } else { "ip" };
        let verdict = match server.behaviour {
            TlsBehaviour::Drop => "drop",
            // Only TCP, or the rule would stop its own ICMP answer. In IPv6 that answer would
            // come while the socket is still sending, and count only with the next SYN a second
            // later: there a route says the same at once.
            TlsBehaviour::Prohibited if address.is_ipv4() => {
                "meta l4proto tcp reject with icmp type admin-prohibited"
            }
            _ => continue,
        };
        let _ = writeln!(rules, "  iif {comes_by} {family} daddr {address} {verdict}");
    }
    if rules.is_empty() {
        return rules;
    }
    format!(
        "table inet lab {{\n chain input {{\n  type filter hook input priority 0; policy accept;\n\
         {rules} }}\n}}\n"
    )
}

/// The agent behind the gateway is in another network, where this one's table of sockets does not
/// show that somebody listens on its port: so it listens on another one.
fn nft_gateways(vpc: &Vpc) -> String {
    let mut table = String::new();
    for gateway in gateways(vpc) {
        let family = if gateway.is_ipv6() { "ip6" } else { "ip" };
        let to = SocketAddr::new(gateway, BEHIND_GATEWAY);
        let _ = writeln!(
            table,
            "table {family} gateway {{\n chain output {{\n  type nat hook output priority -100;\n  \
             {family} daddr {gateway} tcp dport {INTROSPECTION} dnat to {to}\n }}\n}}"
        );
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vpc(text: &str) -> Vpc {
        toml::from_str(&format!("region = 'r'\n{text}")).unwrap()
    }

    fn batch(vpc: &Vpc) -> String {
        ip_batch(vpc, &owned::servers(vpc))
    }

    #[test]
    fn every_family_of_the_instance_gets_one_default_route() {
        let v = vpc("instance = ['10.0.1.10/24', '10.0.1.11/24', '2600:1f18::10/64']");
        let batch = batch(&v);
        let defaults: Vec<_> = batch.lines().filter(|line| line.contains("default")).collect();
        assert_eq!(
            defaults,
            [
                "route add default via 10.0.1.1 dev eth0 onlink",
                "route add default via 2600:1f18::1 dev eth0 onlink",
            ]
        );
    }

    #[test]
    fn addresses_are_owned_unless_their_server_says_otherwise() {
        let v = vpc("instance = ['10.0.1.10/24']\n[names.x]\n\
             addresses = ['10.0.1.101', '10.0.1.102', '10.0.1.103']\n\
             [servers.'10.0.1.102']\nbehaviour = 'no-route'\n\
             [servers.'10.0.1.103']\nbehaviour = 'drop-without-owner'");
        let batch = batch(&v);
        assert!(batch.contains("addr add 10.0.1.101/32 dev lo\n"));
        assert!(batch.contains("route add unreachable 10.0.1.102/32\n"));
        assert!(!batch.contains("addr add 10.0.1.102/32"));
        assert!(!batch.contains("10.0.1.103"));
    }

    #[test]
    fn routes_that_lead_nowhere_are_made() {
        let v = vpc("instance = ['10.0.1.10/24']\n[routes]\n'169.254.169.254' = 'blackhole'\n\
             'fd00:ec2::254' = 'prohibit'");
        let batch = batch(&v);
        assert!(batch.contains("route add blackhole 169.254.169.254/32\n"));
        assert!(batch.contains("route add prohibit fd00:ec2::254/128\n"));
    }

    #[test]
    fn no_packet_filter_without_a_rule_for_it() {
        let v = vpc("instance = ['10.0.1.10/24']\n[names.x]\naddresses = ['10.0.1.101']");
        assert_eq!(nft_rules(&owned::servers(&v), "lo"), "");
    }
}
