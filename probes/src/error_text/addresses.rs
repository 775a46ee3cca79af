//! The addresses in a text: what something was connected to, and which resolver was asked.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::hosts::{Run, runs};
use crate::address_class::{AddressClass, VpcRanges};

/// Most addresses that are told of one text.
const MAX_ADDRESSES: usize = 10;

/// The port of resolvers.
const DNS_PORT: u16 = 53;

/// An address in a text. Its class goes by its range alone: the ranges of the VPC are not in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedAddress {
    /// The address.
    pub address: IpAddr,
    /// Its class by its range: private, public, or one that no endpoint has.
    pub class: AddressClass,
    /// What that tells, in a sentence.
    pub meaning: String,
}

/// The addresses that were connected to, and the resolvers that were asked.
pub(super) fn addresses(text: &str) -> (Vec<NamedAddress>, Vec<NamedAddress>) {
    let (mut connected, mut resolvers) = (Vec::new(), Vec::new());
    for (address, port) in all(text) {
        let is_resolver = port == Some(DNS_PORT);
        let list: &mut Vec<NamedAddress> =
            if is_resolver { &mut resolvers } else { &mut connected };
        if list.len() < MAX_ADDRESSES && !list.iter().any(|other| other.address == address) {
            let class = VpcRanges::default().classify(address);
            let meaning = if is_resolver { asked(address) } else { met(address, class) };
            list.push(NamedAddress { address, class, meaning });
        }
    }
    (connected, resolvers)
}

fn met(address: IpAddr, class: AddressClass) -> String {
    if is_metadata(address) {
        return format!(
            "{address} is local to the instance or task (metadata or credentials): no endpoint and no route is involved."
        );
    }
    match class {
        AddressClass::Public | AddressClass::Unknown => format!(
            "{address} is public by its range: unless this VPC itself uses such ranges, the name did not resolve to an interface endpoint."
        ),
        AddressClass::Unusable => {
            format!(
                "{address} is an address that no endpoint can have: something answers in its place."
            )
        }
        _ => format!(
            "{address} is private: the name resolved to an interface endpoint, or to what stands in its place."
        ),
    }
}

/// Source: Amazon VPC User Guide, "Amazon DNS server": 169.254.169.253, fd00:ec2::253, and the base
/// of the VPC's range plus two.
fn asked(address: IpAddr) -> String {
    let text = address.to_string();
    match text.as_str() {
        "127.0.0.53" => "127.0.0.53 is systemd-resolved on the machine itself, which asks the resolvers that it is configured with.".to_owned(),
        "127.0.0.11" => "127.0.0.11 is Docker's own resolver, which asks those of the machine.".to_owned(),
        "169.254.169.253" | "fd00:ec2::253" => {
            format!("{text} is the resolver of Amazon, which knows the private names of the endpoints.")
        }
        _ if text.ends_with(".2") => format!(
            "{text} is the resolver of Amazon where that is the base of the VPC's primary range plus two; any other resolver has to forward the names to it."
        ),
        _ => format!(
            "{text} is not the resolver of Amazon by its address: it has to forward the names of the endpoints to that one."
        ),
    }
}

/// Source: Amazon EC2 User Guide, "Instance metadata"; Amazon ECS Developer Guide, "Task metadata".
fn is_metadata(address: IpAddr) -> bool {
    ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254"]
        .contains(&address.to_string().as_str())
}

/// Every address that has a port, or that Java puts behind the name (`NAME/ADDRESS`), in order.
/// Where a connection comes from (`ADDRESS:PORT->`) is left out.
fn all(text: &str) -> Vec<(IpAddr, Option<u16>)> {
    let mut found = Vec::new();
    for Run { text: run, before, after } in runs(text) {
        let Ok(address) = run.parse::<IpAddr>() else { continue };
        let (port, rest) = port_behind(after);
        let is_source = rest.starts_with("->");
        let is_behind_a_name = before.ends_with('/') && !before.ends_with("//");
        let is_of_a_url = before.ends_with("://");
        if !is_source && (port.is_some() || is_behind_a_name || is_of_a_url) {
            found.push((address, port));
        }
    }
    for bracketed in text.split('[').skip(1) {
        let Some((inside, after)) = bracketed.split_once(']') else { continue };
        let Ok(address) = inside.parse::<Ipv6Addr>() else { continue };
        let (port, rest) = port_behind(after);
        if port.is_some() && !rest.starts_with("->") {
            found.push((address.into(), port));
        }
    }
    found
}

/// The port that a text begins with, and what follows.
fn port_behind(text: &str) -> (Option<u16>, &str) {
    let Some(rest) = text.strip_prefix(':') else { return (None, text) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    (digits.parse().ok(), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (Vec<String>, Vec<String>) {
        let (connected, resolvers) = addresses(text);
        let list = |all: Vec<NamedAddress>| all.iter().map(|a| a.address.to_string()).collect();
        (list(connected), list(resolvers))
    }

    #[test]
    fn the_far_end_is_told_from_the_near_one_and_from_the_resolver() {
        let text = "dial tcp: lookup ecs-a-1.us-east-1.amazonaws.com on 10.10.0.2:53: read udp 10.10.0.241:33113->10.10.0.2:53: i/o timeout";
        assert_eq!(seen(text), (vec![], vec!["10.10.0.2".to_owned()]));
        let text =
            "write tcp 10.171.16.46:50134->52.46.200.123:443: dial tcp [2600:1f18::1]:443 [::1]:53";
        assert_eq!(seen(text).0, ["52.46.200.123", "2600:1f18::1"]);
        assert_eq!(seen(text).1, ["::1"]);
    }

    #[test]
    fn numbers_that_are_no_addresses_are_none() {
        for text in
            ["version 1.4.0.1 of", "Docker 20.10.7-ce", "1.2.3.4.5:443", "999.1.1.1:443", ""]
        {
            assert_eq!(seen(text), (vec![], vec![]), "{text}");
        }
        let java = "Connect to ssm.us-east-1.amazonaws.com:443 [ssm.us-east-1.amazonaws.com/18.214.158.206] failed";
        assert_eq!(seen(java).0, ["18.214.158.206"]);
    }

    #[test]
    fn classes_go_by_the_range_and_say_so() {
        let meaning =
            |address: &str| addresses(&format!("dial tcp {address}:443")).0[0].meaning.clone();
        assert!(meaning("10.0.1.5").contains("is private"));
        assert!(meaning("100.64.3.4").contains("is private"));
        assert!(meaning("172.40.1.94").contains("unless this VPC itself"));
        assert!(meaning("169.254.169.254").contains("local to the instance"));
        assert!(meaning("127.0.0.1").contains("no endpoint can have"));
    }
}
