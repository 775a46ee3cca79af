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
            return Fact::missing(Absence::new(
                Source::INTERFACES,
                AbsenceReason::Unreadable,
                detail,
            ));
        }
    };
    let mut found: Vec<Interface> = networks
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
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Fact::known(found, Source::INTERFACES)
}
