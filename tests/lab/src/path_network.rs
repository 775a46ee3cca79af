//! Making packets take the path: rules and routes of the namespace.
//!
//! Whoever sends and whoever is sent to are in one namespace, whose table of local addresses would
//! keep every packet in the kernel. It is asked first for packets that come off the path, and for
//! all others after a table that leads the addresses of the VPC onto the path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::error::Trouble;
use crate::owned;
use crate::path::NetworkPath;
use crate::relay::DEVICE;
use crate::tools;
use crate::vpc::{Server, Vpc};

/// The table of the addresses that are reached by the path.
const TABLE: u32 = 100;

/// Leads the packets of the namespace onto the path, whose device is there already.
pub(crate) fn set_up(
    vpc: &Vpc,
    servers: &BTreeMap<IpAddr, Server>,
    path: &NetworkPath,
) -> Result<(), Trouble> {
    let link = format!(
        "link set {DEVICE} mtu {} addrgenmode none\nlink set {DEVICE} up\n",
        path.interface_mtu
    );
    tools::run("ip", &["-batch", "-"], &link)?;
    let settings = [
        ("all/rp_filter".to_owned(), "0"),
        (format!("{DEVICE}/rp_filter"), "0"),
        (format!("{DEVICE}/accept_local"), "1"),
    ];
    for (name, value) in settings {
        let path = format!("/proc/sys/net/ipv4/conf/{name}");
        fs::write(&path, value).map_err(|why| Trouble::File { path, why: why.to_string() })?;
    }
    let addresses = addresses(vpc, servers, path);
    for (option, is_ipv6) in [("-4", false), ("-6", true)] {
        let batch = ip_batch(&vpc.instance, &addresses, is_ipv6);
        if !batch.is_empty() {
            tools::run("ip", &[option, "-batch", "-"], &batch)?;
        }
    }
    Ok(())
}

/// Everything owned that does not stay on the machine: the instance's own addresses too, as they
/// are where answers go.
fn addresses(
    vpc: &Vpc,
    servers: &BTreeMap<IpAddr, Server>,
    path: &NetworkPath,
) -> BTreeSet<IpAddr> {
    let own = vpc.instance.iter().map(IpNet::addr);
    let mut addresses: BTreeSet<_> = own.chain(owned::on_lo(vpc, servers)).collect();
    let metadata = vpc.imds.iter().flat_map(|imds| &imds.addresses).chain([&owned::TASK_METADATA]);
    for near in metadata.filter(|_| !path.metadata) {
        addresses.remove(near);
    }
    addresses
}

fn ip_batch(instance: &[IpNet], addresses: &BTreeSet<IpAddr>, is_ipv6: bool) -> String {
    let of_family = |address: &IpAddr| address.is_ipv6() == is_ipv6;
    let own = instance.iter().map(IpNet::addr).find(of_family);
    let from = own.map_or_else(String::new, |own| format!(" src {own}"));
    let routes: String = addresses
        .iter()
        .copied()
        .filter(of_family)
        .map(|to| format!("route add {} dev {DEVICE}{from} table {TABLE}\n", IpNet::from(to)))
        .collect();
    if routes.is_empty() {
        return routes;
    }
    format!(
        "{routes}rule add pref 10 iif {DEVICE} lookup local\nrule add pref 20 lookup {TABLE}\n\
         rule add pref 30 lookup local\nrule del pref 0\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_connection_are_reached_by_the_path_and_loopback_is_not() {
        let text = "region = 'r'\ninstance = ['10.0.1.10/24']\n[names.x]\n\
                    addresses = ['10.0.1.101']\n[resolvers.'127.0.0.53']";
        let vpc: Vpc = toml::from_str(text).unwrap();
        let addresses = addresses(&vpc, &owned::servers(&vpc), &NetworkPath::default());
        let batch = ip_batch(&vpc.instance, &addresses, false);
        let routes: Vec<&str> = batch.lines().filter(|line| line.starts_with("route")).collect();
        assert_eq!(
            routes,
            [
                "route add 10.0.1.10/32 dev path0 src 10.0.1.10 table 100",
                "route add 10.0.1.101/32 dev path0 src 10.0.1.10 table 100",
            ]
        );
        assert_eq!(ip_batch(&vpc.instance, &addresses, true), "");
    }

    #[test]
    fn metadata_can_be_on_this_side_of_the_path() {
        let text = "region = 'r'\ninstance = ['10.0.1.10/24']\n[imds]\n[task_metadata]";
        let vpc: Vpc = toml::from_str(text).unwrap();
        let number = |metadata| {
            let path = NetworkPath { metadata, ..NetworkPath::default() };
            addresses(&vpc, &owned::servers(&vpc), &path).len()
        };
        assert_eq!((number(true), number(false)), (3, 1));
    }
}
