//! The default gateways: from a bridge container, they are the instance.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use crate::bounded_read;

/// More than the routes of a container.
const MAX_BYTES: u64 = 1024 * 1024;

const MAX_GATEWAYS: usize = 4;

/// `RTF_GATEWAY`: the route leads over a gateway. Source: Linux, `include/uapi/linux/route.h`.
const LEADS_OVER_GATEWAY: u32 = 0x2;

/// The gateways of the default routes in `route` and `ipv6_route` of `net` (`/proc/net`). Link-local
/// ones are left out: their addresses need an interface as well.
pub(super) fn default_gateways(net: &Path) -> Vec<IpAddr> {
    let read = |name: &str| {
        // Not text, or too long: no table of routes.
        let bytes = bounded_read::read(&net.join(name), MAX_BYTES).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    };
    gateways(&read("route"), &read("ipv6_route"))
}

pub(super) fn gateways(ipv4: &str, ipv6: &str) -> Vec<IpAddr> {
    let ipv4 = ipv4.lines().filter_map(ipv4_gateway).map(IpAddr::from);
    let ipv6 = ipv6.lines().filter_map(ipv6_gateway).map(IpAddr::from);
    let mut all: Vec<IpAddr> = Vec::new();
    for gateway in ipv4.chain(ipv6) {
        if !all.contains(&gateway) && all.len() < MAX_GATEWAYS {
            all.push(gateway);
        }
    }
    all
}

/// Fields: `Iface Destination Gateway Flags RefCnt Use Metric Mask ...`, addresses in the byte order
/// of the machine.
fn ipv4_gateway(line: &str) -> Option<Ipv4Addr> {
    let mut fields = line.split_ascii_whitespace();
    let mut number = |skip| u32::from_str_radix(fields.nth(skip)?, 16).ok();
    let (destination, gateway, flags, mask) = (number(1)?, number(0)?, number(0)?, number(3)?);
    let is_default = destination == 0 && mask == 0 && flags & LEADS_OVER_GATEWAY != 0;
    (is_default && gateway != 0).then(|| Ipv4Addr::from(gateway.to_ne_bytes()))
}

/// Fields: `destination length source length next_hop metric references uses flags device`.
fn ipv6_gateway(line: &str) -> Option<Ipv6Addr> {
    let mut fields = line.split_ascii_whitespace();
    let mut number = |skip| u128::from_str_radix(fields.nth(skip)?, 16).ok();
    let (destination, length, next_hop, flags) = (number(0)?, number(0)?, number(2)?, number(3)?);
    let gateway = Ipv6Addr::from(next_hop);
    let leads_over_gateway = flags & u128::from(LEADS_OVER_GATEWAY) != 0;
    let is_default = destination == 0 && length == 0 && leads_over_gateway;
    (is_default && next_hop != 0 && !gateway.is_unicast_link_local()).then_some(gateway)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // The table of a machine with the other byte order looks different.
    #[cfg(target_endian = "little")]
    #[test]
    fn only_the_default_route_counts() {
        assert_eq!(
            ipv4_gateway("eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0"),
            Some(Ipv4Addr::new(172, 17, 0, 1))
        );
        for other in [
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
            "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t000000FF\t0\t0\t0",
            "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0",
            "",
        ] {
            assert_eq!(ipv4_gateway(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_global_gateway_of_ipv6_counts() {
        let line = |gateway: &str| {
            format!(
                "00000000000000000000000000000000 00 00000000000000000000000000000000 00 {gateway} 00000400 00000001 00000000 00000003 eth0"
            )
        };
        assert_eq!(
            ipv6_gateway(&line("fd00000000000000000000000000002a")),
            Some("fd00::2a".parse().unwrap())
        );
        assert_eq!(ipv6_gateway(&line("fe800000000000000000000000000001")), None);
        assert_eq!(ipv6_gateway(&line("00000000000000000000000000000000")), None);
    }

    #[test]
    fn without_a_table_there_is_none() {
        assert!(default_gateways(Path::new("/nonexistent")).is_empty());
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_panic(line in "([0-9a-fA-F]{0,33}|\\PC{0,8}|[ \t])*") {
            let _ = (ipv4_gateway(&line), ipv6_gateway(&line));
        }
    }
}
