//! Which addresses the lab owns, and who stands behind each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use crate::behaviour::TlsBehaviour;
use crate::vpc::{DnsName, Server, Vpc};

/// Where the task metadata service is.
pub(crate) const TASK_METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2));

/// The peer of connections that are not the agent's.
pub(crate) const FOREIGN_PEER: IpAddr = IpAddr::V4(Ipv4Addr::new(52, 119, 250, 9));

/// Every address that port 443 matters for: those of the names, those that the ECS agent was told
/// or learnt before, and those of `[servers]`.
pub(crate) fn servers(vpc: &Vpc) -> BTreeMap<IpAddr, Server> {
    let mut servers: BTreeMap<IpAddr, Server> = named_addresses(vpc)
        .chain(agent_addresses(vpc))
        .filter(|address| has_family(vpc, *address))
        .map(|address| (address, Server::default()))
        .collect();
    servers.extend(vpc.servers.iter().map(|(address, server)| (*address, server.clone())));
    servers.retain(|address, _| assignable(*address));
    servers
}

/// The addresses on `lo`: everything owned except what is on `eth0`.
pub(crate) fn on_lo(vpc: &Vpc, servers: &BTreeMap<IpAddr, Server>) -> BTreeSet<IpAddr> {
    let mut owned: BTreeSet<IpAddr> = servers
        .iter()
        .filter(|(address, server)| match server.behaviour {
            TlsBehaviour::NoRoute | TlsBehaviour::DropWithoutOwner => false,
            TlsBehaviour::Prohibited => address.is_ipv4(),
            _ => true,
        })
        .map(|(address, _)| *address)
        .collect();
    owned.extend(vpc.resolvers.keys());
    owned.extend(vpc.imds.iter().flat_map(|imds| &imds.addresses));
    owned.extend(vpc.task_metadata.iter().map(|_| TASK_METADATA));
    owned.extend((vpc.foreign_connections > 0).then_some(FOREIGN_PEER));
    owned.retain(|address| {
        assignable(*address) && vpc.instance.iter().all(|own| own.addr() != *address)
    });
    owned
}

/// The names that lead to an address in any view, as its certificate shows them.
pub(crate) fn names_of(vpc: &Vpc, address: IpAddr) -> Vec<String> {
    vpc.names
        .iter()
        .filter(|(_, entry)| entry.all_addresses().any(|own| own == address))
        .map(|(name, _)| name.clone())
        .collect()
}

fn named_addresses(vpc: &Vpc) -> impl Iterator<Item = IpAddr> {
    vpc.names.values().flat_map(DnsName::all_addresses)
}

fn agent_addresses(vpc: &Vpc) -> impl Iterator<Item = IpAddr> {
    vpc.agent.iter().flat_map(|agent| {
        let told = agent.connect.iter().filter_map(|target| target.parse().ok());
        told.chain(agent.stale.iter().copied())
    })
}

/// Without an address of a family the instance has no route to any, so nobody it can reach owns one.
fn has_family(vpc: &Vpc, address: IpAddr) -> bool {
    vpc.instance.iter().any(|own| own.addr().is_ipv6() == address.is_ipv6())
}

/// Some addresses are only ever an answer of a DNS server.
fn assignable(address: IpAddr) -> bool {
    let special = address.is_loopback() || address.is_unspecified() || address.is_multicast();
    let special_in_family = match address {
        IpAddr::V4(v4) => v4.is_broadcast(),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().is_some() || v6.is_unicast_link_local(),
    };
    !special && !special_in_family
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vpc(instance: &[&str]) -> Vpc {
        let instance: Vec<_> = instance.iter().map(|own| format!("{own:?}")).collect();
        let text = format!("region = 'r'\ninstance = [{}]", instance.join(","));
        toml::from_str(&text).unwrap()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_ipv4_instance_owns_no_named_ipv6_address() {
        let mut v = vpc(&["10.0.1.10/24"]);
        v.names.insert("x".into(), DnsName::at([ip("10.0.1.101"), ip("2600::1")]));
        assert_eq!(servers(&v).into_keys().collect::<Vec<_>>(), [ip("10.0.1.101")]);
        v.instance.push("2600::10/64".parse().unwrap());
        assert_eq!(servers(&v).len(), 2);
    }

    #[test]
    fn addresses_that_only_a_dns_answer_can_hold_are_never_owned() {
        let mut v = vpc(&["10.0.1.10/24", "2600::10/64"]);
        let odd = ["127.0.0.1", "0.0.0.0", "224.0.0.1", "::1", "::", "ff02::1", "::ffff:10.0.0.1"];
        v.names.insert("x".into(), DnsName::at(odd.map(ip)));
        assert!(servers(&v).is_empty());
        assert!(on_lo(&v, &servers(&v)).is_empty());
    }

    #[test]
    fn what_is_on_eth0_is_not_on_lo() {
        let mut v = vpc(&["10.0.1.10/24"]);
        v.names.insert("x".into(), DnsName::at([ip("10.0.1.10")]));
        let servers = servers(&v);
        assert_eq!(servers.len(), 1);
        assert!(on_lo(&v, &servers).is_empty());
    }

    #[test]
    fn names_of_all_views_lead_to_an_address() {
        let mut v = vpc(&["10.0.1.10/24"]);
        v.names.insert("*.a".into(), DnsName::at([ip("10.0.1.101")]));
        let mut other = DnsName::at([ip("10.0.1.102")]);
        other.views.insert("custom".into(), vec![ip("10.0.1.101")]);
        v.names.insert("b".into(), other);
        assert_eq!(names_of(&v, ip("10.0.1.101")), ["*.a", "b"]);
    }

    #[test]
    fn what_the_agent_is_connected_to_is_owned() {
        let text = "region = 'r'\ninstance = ['10.0.1.10/24']\n[agent]\n\
                    connect = ['ecs-a.example', '52.0.0.1']\nstale = ['52.0.0.2']";
        let v: Vpc = toml::from_str(text).unwrap();
        assert_eq!(servers(&v).into_keys().collect::<Vec<_>>(), [ip("52.0.0.1"), ip("52.0.0.2")]);
    }

    #[test]
    fn what_a_name_leads_to_later_is_owned_from_the_start() {
        let mut v = vpc(&["10.0.1.10/24"]);
        let later = Some(vec![ip("10.0.1.101")]);
        v.names.insert("x".into(), DnsName { later, ..DnsName::at([ip("52.0.0.1")]) });
        assert_eq!(servers(&v).into_keys().collect::<Vec<_>>(), [ip("10.0.1.101"), ip("52.0.0.1")]);
        assert_eq!(names_of(&v, ip("10.0.1.101")), ["x"]);
    }
}
