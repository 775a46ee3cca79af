//! The addresses in a text: what something was connected to, and which resolver was asked.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::hosts::{HostKind, NamedHost, Run, runs};
use super::services::ImpliedService;
use crate::address_class::{AddressClass, VpcRanges};
use crate::observe::HTTPS_PORT;

/// Most addresses that are told of one text.
const MAX_ADDRESSES: usize = 10;

/// What programs in Go write before the address of the proxy. Source: `net/http/transport.go`.
const TO_PROXY: &str = "proxyconnect tcp: dial tcp ";

/// The service besides Amazon S3 that has gateway endpoints.
pub(super) const DYNAMODB: &str = "Amazon DynamoDB";

/// The port of resolvers.
const DNS_PORT: u16 = 53;

/// An address in a text. Its class goes by its range alone: the ranges of the VPC are not in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedAddress {
    /// The address.
    pub address: IpAddr,
    /// The port behind it, where one stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Its class by its range: private, public, or one that no endpoint has.
    pub class: AddressClass,
    /// What that tells, in a sentence.
    pub meaning: String,
}

impl NamedAddress {
    /// Whether an endpoint can be meant: Amazon S3 also answers to plain HTTP.
    pub(super) fn may_be_an_endpoint(&self) -> bool {
        self.port.is_none_or(|port| [80, HTTPS_PORT].contains(&port))
    }
}

/// What a public address is that stands in a text.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Public {
    /// The sign of a name that does not lead to its interface endpoint.
    #[default]
    Wrong,
    /// That, unless it is of Amazon S3.
    RightForS3,
    /// Right for what the text is about: a gateway endpoint, or no endpoint at all.
    Right(&'static str),
}

impl Public {
    /// Source: Amazon VPC User Guide, "Gateway endpoints": Amazon S3 and Amazon DynamoDB.
    pub(super) fn of(hosts: &[NamedHost], services: &[ImpliedService]) -> Self {
        let of_s3 = services.iter().filter(|implied| implied.service == "s3").count();
        let are_all = |is: fn(&NamedHost) -> bool| !hosts.is_empty() && hosts.iter().all(is);
        match (of_s3, services.len()) {
            (0, 0) if are_all(|host| host.kind == HostKind::Outside) => {
                Self::Right("a host outside of AWS")
            }
            (0, 0) if are_all(NamedHost::is_dynamodb) => Self::Right(DYNAMODB),
            (0, _) => Self::Wrong,
            (s3, all) if s3 == all => Self::Right("Amazon S3"),
            _ => Self::RightForS3,
        }
    }
}

/// The addresses that were connected to, and the resolvers that were asked.
pub(super) fn addresses(text: &str, public: Public) -> (Vec<NamedAddress>, Vec<NamedAddress>) {
    let (mut connected, mut resolvers) = (Vec::new(), Vec::new());
    for Met { address, port, is_of_proxy } in all(text) {
        let is_resolver = port == Some(DNS_PORT);
        let list: &mut Vec<NamedAddress> =
            if is_resolver { &mut resolvers } else { &mut connected };
        if list.len() < MAX_ADDRESSES && !list.iter().any(|other| other.address == address) {
            let class = VpcRanges::default().classify(address);
            let mut named = NamedAddress { address, port, class, meaning: String::new() };
            named.meaning = match (is_resolver, is_of_proxy) {
                (true, _) => asked(address),
                (false, true) => {
                    format!("{address} is the proxy that is configured, not an endpoint.")
                }
                (false, false) => met(&named, public),
            };
            list.push(named);
        }
    }
    (connected, resolvers)
}

fn met(named: &NamedAddress, public: Public) -> String {
    let NamedAddress { address, class, .. } = named;
    if is_metadata(*address) {
        return format!(
            "{address} is local to the instance or task (metadata or credentials): no endpoint and no route is involved."
        );
    }
    if let Some(port) = named.port.filter(|_| !named.may_be_an_endpoint()) {
        return format!("{address} was called on port {port}: endpoints answer on port 443.");
    }
    match class {
        AddressClass::Public | AddressClass::Unknown => match public {
            Public::Right(of) => format!("{address} is public, which is right for {of}."),
            Public::RightForS3 => format!(
                "{address} is public by its range, which is right for Amazon S3; a name of another service did not resolve to an interface endpoint then."
            ),
            Public::Wrong => format!(
                "{address} is public by its range: unless this VPC itself uses such ranges, the name did not resolve to an interface endpoint."
            ),
        },
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

/// An address in the text.
struct Met {
    address: IpAddr,
    port: Option<u16>,
    is_of_proxy: bool,
}

/// Every address that has a port, or that Java puts behind the name (`NAME/ADDRESS`), in order.
/// Where a connection comes from (`ADDRESS:PORT->`) is left out.
fn all(text: &str) -> Vec<Met> {
    let mut found = Vec::new();
    for Run { text: run, before, after } in runs(text) {
        let Ok(address) = run.parse::<IpAddr>() else { continue };
        let (port, rest) = port_behind(after);
        let is_source = rest.starts_with("->");
        let is_behind_a_name = before.ends_with('/') && !before.ends_with("//");
        let is_of_a_url = before.ends_with("://");
        if !is_source && (port.is_some() || is_behind_a_name || is_of_a_url) {
            let is_of_proxy = before.ends_with(TO_PROXY);
            found.push(Met { address, port, is_of_proxy });
        }
    }
    for bracketed in text.split('[').skip(1) {
        let Some((inside, after)) = bracketed.split_once(']') else { continue };
        let Ok(address) = inside.parse::<Ipv6Addr>() else { continue };
        let (port, rest) = port_behind(after);
        if port.is_some() && !rest.starts_with("->") {
            found.push(Met { address: address.into(), port, is_of_proxy: false });
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
        let (connected, resolvers) = addresses(text, Public::Wrong);
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
        let meaning = |address: &str| {
            addresses(&format!("dial tcp {address}:443"), Public::Wrong).0[0].meaning.clone()
        };
        assert!(meaning("10.0.1.5").contains("is private"));
        assert!(meaning("100.64.3.4").contains("is private"));
        assert!(meaning("172.40.1.94").contains("unless this VPC itself"));
        assert!(meaning("169.254.169.254").contains("local to the instance"));
        assert!(meaning("127.0.0.1").contains("no endpoint can have"));
    }

    #[test]
    fn what_is_no_endpoint_is_not_taken_for_one() {
        let meaning = |text: &str| addresses(text, Public::Wrong).0[0].meaning.clone();
        let proxy = "Get \"https://x/v2/\": proxyconnect tcp: dial tcp 10.0.9.9:443: i/o timeout";
        assert!(meaning(proxy).contains("is the proxy"));
        assert!(meaning("dial tcp 10.0.1.5:5432: i/o timeout").contains("port 5432"));
        assert!(meaning("dial tcp 10.0.1.5:80: i/o timeout").contains("is private"));
    }
}
