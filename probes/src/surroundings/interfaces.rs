//! This machine's network interfaces.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::SockaddrStorage;
use serde::{Deserialize, Serialize};

use super::{Absence, AbsenceReason, Fact, Source};

/// A network interface and its addresses.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interface {
    /// `eth0`, ...
    pub name: String,
    /// Addresses with the length of their prefix.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub addresses: Vec<IpNet>,
}

/// Asks the system for its interfaces. The loopback interface is left out.
pub(super) fn interfaces() -> Fact<Vec<Interface>> {
    match getifaddrs() {
        Ok(listed) => judged(collected(listed)),
        Err(error) => {
            let detail = format!("the system's network interfaces cannot be listed: {error}");
            missing(AbsenceReason::Unreadable, detail)
        }
    }
}

/// The system lists each address on its own, and also interfaces without any.
fn collected(listed: impl Iterator<Item = InterfaceAddress>) -> Vec<Interface> {
    let mut found: BTreeMap<String, Vec<IpNet>> = BTreeMap::new();
    for one in listed.filter(|one| !one.flags.contains(InterfaceFlags::IFF_LOOPBACK)) {
        let network = network(&one);
        // An address with a label stands below it: `eth0:1` is of `eth0`.
        let name = one.interface_name.split(':').next().unwrap_or_default().to_owned();
        found.entry(name).or_default().extend(network);
    }
    found.into_iter().map(|(name, addresses)| Interface { name, addresses }).collect()
}

fn network(listed: &InterfaceAddress) -> Option<IpNet> {
    let (address, mask) = (ip(listed.address.as_ref()?)?, ip(listed.netmask.as_ref()?)?);
    IpNet::with_netmask(address, mask).ok()
}

fn ip(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| v4.ip().into());
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| v6.ip().into()))
}

/// No address at all is no knowledge: this machine has one, or it could check nothing.
fn judged(found: Vec<Interface>) -> Fact<Vec<Interface>> {
    if found.iter().all(|interface| interface.addresses.is_empty()) {
        let detail = "the system lists no network interface with an address".to_owned();
        return missing(AbsenceReason::NotTold, detail);
    }
    Fact::known(found, Source::INTERFACES)
}

fn missing(reason: AbsenceReason, detail: String) -> Fact<Vec<Interface>> {
    Fact::missing(Absence::new(Source::INTERFACES, reason, detail))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    #[test]
    fn a_list_without_addresses_is_no_knowledge() {
        let interface = |name: &str, addresses: &[&str]| Interface {
            name: name.to_owned(),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
        };
        assert!(judged(Vec::new()).value().is_none());
        let bare = judged(vec![interface("eth0", &[])]);
        assert_eq!(bare.why_missing()[0].reason, AbsenceReason::NotTold);
        let one = judged(vec![interface("eth0", &["10.0.1.10/24"])]);
        assert_eq!(one.value().unwrap()[0].name, "eth0");
    }

    #[test]
    fn addresses_are_those_of_their_interface() {
        let listed = |name: &str, address: Option<[&str; 2]>| {
            let storage =
                |text: &str| SockaddrStorage::from(SocketAddr::new(text.parse().unwrap(), 0));
            InterfaceAddress {
                interface_name: name.to_owned(),
                flags: match name {
                    "lo" | "lo:1" => InterfaceFlags::IFF_LOOPBACK,
                    _ => InterfaceFlags::empty(),
                },
                address: address.map(|[address, _]| storage(address)),
                netmask: address.map(|[_, mask]| storage(mask)),
                broadcast: None,
                destination: None,
            }
        };
        let all = [
            listed("lo", Some(["127.0.0.1", "255.0.0.0"])),
            listed("lo:1", Some(["169.254.170.2", "255.255.255.255"])),
            listed("eth1", None),
            listed("eth1:1", Some(["10.0.2.10", "255.255.255.0"])),
            listed("eth0", None),
            listed("eth0", Some(["10.0.1.10", "255.255.255.0"])),
            listed("eth0", Some(["fd00::a", "ffff:ffff:ffff:ffff::"])),
            listed("eth2", Some(["10.0.9.9", "255.0.255.0"])),
        ];
        let found: Vec<String> = collected(all.into_iter())
            .iter()
            .map(|interface| format!("{} {:?}", interface.name, interface.addresses))
            .collect();
        assert_eq!(found, ["eth0 [10.0.1.10/24, fd00::a/64]", "eth1 [10.0.2.10/24]", "eth2 []"]);
    }
}
