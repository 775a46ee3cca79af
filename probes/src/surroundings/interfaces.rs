//! This machine's network interfaces.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use sysinfo::Networks;

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
    let networks = match Networks::new_with_refreshed_list() {
        Ok(networks) => networks,
        Err(error) => {
            let detail = format!("the system's network interfaces cannot be listed: {error}");
            return missing(AbsenceReason::Unreadable, detail);
        }
    };
    let found: Vec<Interface> = networks
        .iter()
        .map(|(name, data)| Interface {
            name: name.to_string_lossy().into_owned(),
            addresses: data
                .ip_networks()
                .iter()
                .filter_map(|net| IpNet::new(net.addr, net.prefix).ok())
                .collect(),
        })
        .filter(|interface| interface.name != "lo")
        .collect();
    judged(found)
}

/// Where `/sys` is not mounted, the list is empty without an error. No address at all is no
/// knowledge either: this machine has one, or it could check nothing.
fn judged(mut found: Vec<Interface>) -> Fact<Vec<Interface>> {
    if found.iter().all(|interface| interface.addresses.is_empty()) {
        let detail = "the system lists no network interface with an address".to_owned();
        return missing(AbsenceReason::NotTold, detail);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Fact::known(found, Source::INTERFACES)
}

fn missing(reason: AbsenceReason, detail: String) -> Fact<Vec<Interface>> {
    Fact::missing(Absence::new(Source::INTERFACES, reason, detail))
}

#[cfg(test)]
mod tests {
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
        let two = judged(vec![interface("eth1", &[]), interface("eth0", &["10.0.1.10/24"])]);
        assert_eq!(two.value().unwrap()[0].name, "eth0");
    }
}
