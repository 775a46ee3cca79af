//! What kind of address a name resolves to, seen from this VPC.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// Where an address lies, seen from this VPC.
///
/// Membership in the VPC's own ranges decides first: a VPC may use `100.64.0.0/10` or even
/// public ranges, and the IPv6 ranges that AWS hands out are globally routable.
/// Source: Amazon VPC User Guide, "VPC CIDR blocks".
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AddressClass {
    /// In a subnet that this machine or task is attached to.
    InSubnet,
    /// In one of the VPC's ranges.
    InVpc,
    /// A private address; whether it is of this VPC is not known, because the VPC's ranges of that
    /// family are not.
    Private,
    /// A private address outside the VPC: peering, a transit gateway, or a central endpoint VPC.
    PrivateElsewhere,
    /// A public address.
    Public,
    /// An address that no endpoint can have: loopback, unspecified, link-local, multicast.
    Unusable,
    /// A globally routable address that may or may not belong to this VPC, whose ranges of that
    /// family are not known.
    Unknown,
}

impl AddressClass {
    /// Whether the address can be that of an interface endpoint's network interface.
    pub fn is_private(self) -> bool {
        matches!(self, Self::InSubnet | Self::InVpc | Self::Private | Self::PrivateElsewhere)
    }

    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::InSubnet => "in-subnet",
            Self::InVpc => "in-vpc",
            Self::Private => "private",
            Self::PrivateElsewhere => "private-elsewhere",
            Self::Public => "public",
            Self::Unusable => "unusable",
            Self::Unknown => "unknown",
        }
    }
}

/// The ranges that addresses are compared with.
#[derive(Clone, Debug, Default)]
pub struct VpcRanges {
    /// Every known range of the VPC, primary and secondary, IPv4 and IPv6.
    pub vpc: Vec<IpNet>,
    /// The subnets that this machine or task is attached to.
    pub subnets: Vec<IpNet>,
    /// Whether `vpc` holds all IPv4 ranges. On Fargate it does not: there only the subnet is told.
    pub complete_ipv4: bool,
    /// Whether `vpc` holds all IPv6 ranges.
    pub complete_ipv6: bool,
}

impl VpcRanges {
    /// The class of an address. Total: every address has exactly one class.
    pub fn classify(&self, address: IpAddr) -> AddressClass {
        let address = seen_by_the_far_end(address.to_canonical());
        if is_never_an_endpoint(address) {
            AddressClass::Unusable
        } else if self.subnets.iter().any(|net| net.contains(&address)) {
            AddressClass::InSubnet
        } else if self.vpc.iter().any(|net| net.contains(&address)) {
            AddressClass::InVpc
        } else if is_link_local(address) {
            AddressClass::Unusable
        } else if is_private_range(address) {
            if self.is_complete_for(address) {
                AddressClass::PrivateElsewhere
            } else {
                AddressClass::Private
            }
        } else if !self.is_complete_for(address) && self.attached_to_global_range(address) {
            AddressClass::Unknown
        } else {
            AddressClass::Public
        }
    }

    fn is_complete_for(&self, address: IpAddr) -> bool {
        if address.is_ipv4() { self.complete_ipv4 } else { self.complete_ipv6 }
    }

    /// Whether this machine's own subnet of the same family is globally routable: then a globally
    /// routable address may belong to the VPC too.
    fn attached_to_global_range(&self, address: IpAddr) -> bool {
        self.subnets
            .iter()
            .chain(&self.vpc)
            .map(IpNet::network)
            .any(|own| own.is_ipv4() == address.is_ipv4() && !is_private_range(own))
    }
}

/// DNS64 wraps IPv4 addresses in `64:ff9b::/96`, also those of this VPC, and NAT64 unwraps them.
/// Source: Amazon VPC User Guide, "DNS64 and NAT64"; RFC 6052.
fn seen_by_the_far_end(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.segments() {
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)).into()
            }
            _ => address,
        },
        IpAddr::V4(_) => address,
    }
}

fn is_never_an_endpoint(address: IpAddr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || match address {
            // "This network" and the reserved block with the broadcast address (RFC 6890).
            IpAddr::V4(v4) => v4.octets()[0] == 0 || v4.octets()[0] >= 240,
            IpAddr::V6(_) => false,
        }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn is_private_range(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || is_shared(v4),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

/// `100.64.0.0/10`: a legal secondary range of a VPC.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::*;

    fn ranges(vpc: &[&str], subnets: &[&str], complete: bool) -> VpcRanges {
        let parse = |list: &[&str]| list.iter().map(|net| net.parse().unwrap()).collect();
        VpcRanges {
            vpc: parse(vpc),
            subnets: parse(subnets),
            complete_ipv4: complete,
            complete_ipv6: complete,
        }
    }

    #[track_caller]
    fn assert_class(ranges: &VpcRanges, address: &str, expected: AddressClass) {
        assert_eq!(ranges.classify(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn membership_in_the_vpc_decides_before_anything_else() {
        let vpc = ranges(
            &["10.0.0.0/16", "100.64.0.0/16", "52.94.0.0/16", "2600:1f18:aa::/56"],
            &["10.0.1.0/24", "2600:1f18:aa:1::/64"],
            true,
        );
        assert_class(&vpc, "10.0.1.101", AddressClass::InSubnet);
        assert_class(&vpc, "10.0.2.101", AddressClass::InVpc);
        assert_class(&vpc, "100.64.3.1", AddressClass::InVpc);
        assert_class(&vpc, "52.94.228.103", AddressClass::InVpc);
        assert_class(&vpc, "2600:1f18:aa:1::5", AddressClass::InSubnet);
        assert_class(&vpc, "2600:1f18:aa:2::5", AddressClass::InVpc);
    }

    #[test]
    fn private_ranges_outside_the_vpc_are_private_elsewhere() {
        let vpc = ranges(&["10.0.0.0/16"], &[], true);
        for address in ["10.1.0.1", "172.16.0.1", "172.31.255.1", "192.168.3.4", "100.100.0.1"] {
            assert_class(&vpc, address, AddressClass::PrivateElsewhere);
        }
        assert_class(&vpc, "fd12:3456::1", AddressClass::PrivateElsewhere);
    }

    #[test]
    fn neighbours_of_the_private_ranges_are_public() {
        let vpc = ranges(&["10.0.0.0/16"], &[], true);
        for address in
            ["9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255"]
        {
            assert_class(&vpc, address, AddressClass::Public);
        }
        assert_class(&vpc, "100.128.0.0", AddressClass::Public);
        assert_class(&vpc, "2600:1f18::1", AddressClass::Public);
    }

    #[test]
    fn addresses_no_endpoint_can_have_are_unusable_even_inside_a_vpc_range() {
        let vpc = ranges(&["0.0.0.0/0", "::/0"], &[], true);
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "ff02::1",
        ] {
            assert_class(&vpc, address, AddressClass::Unusable);
        }
        let none = ranges(&[], &[], true);
        assert_class(&none, "169.254.169.254", AddressClass::Unusable);
        assert_class(&none, "fe80::1", AddressClass::Unusable);
    }

    #[test]
    fn addresses_of_dns64_count_as_what_they_wrap() {
        let vpc = ranges(&["10.0.0.0/16"], &[], true);
        assert_class(&vpc, "64:ff9b::a00:165", AddressClass::InVpc);
        assert_class(&vpc, "64:ff9b::345e:1", AddressClass::Public);
        assert_class(&vpc, "64:ff9b:1::a00:165", AddressClass::Public);
    }

    #[test]
    fn completeness_is_by_family() {
        let mut own = ranges(&["10.0.0.0/16"], &["2600:1f18:aa:1::/64"], false);
        assert_class(&own, "192.168.0.1", AddressClass::Private);
        own.complete_ipv4 = true;
        assert_class(&own, "192.168.0.1", AddressClass::PrivateElsewhere);
        assert_class(&own, "2600:1f18:aa:2::5", AddressClass::Unknown);
        own.complete_ipv6 = true;
        assert_class(&own, "2600:1f18:aa:2::5", AddressClass::Public);
    }

    #[test]
    fn ipv4_mapped_addresses_count_as_ipv4() {
        let vpc = ranges(&["10.0.0.0/16"], &[], true);
        assert_class(&vpc, "::ffff:10.0.2.1", AddressClass::InVpc);
        assert_class(&vpc, "::ffff:127.0.0.1", AddressClass::Unusable);
    }

    #[test]
    fn a_global_address_is_unknown_only_while_the_vpc_may_hold_it() {
        let fargate = ranges(&[], &["10.0.1.0/24", "2600:1f18:aa:1::/64"], false);
        assert_class(&fargate, "2600:1f18:aa:2::5", AddressClass::Unknown);
        assert_class(&fargate, "52.94.228.103", AddressClass::Public);
        let public_subnet = ranges(&[], &["192.0.2.0/24"], false);
        assert_class(&public_subnet, "52.94.228.103", AddressClass::Unknown);
        assert_class(&public_subnet, "2600:1f18::1", AddressClass::Public);
    }

    proptest! {
        #[test]
        fn every_address_has_a_class_and_usable_members_are_private(
            bits in any::<u128>(), v6 in any::<bool>(), complete in any::<bool>(),
        ) {
            let address: IpAddr = if v6 {
                Ipv6Addr::from(bits).into()
            } else {
                Ipv4Addr::from(bits as u32).into()
            };
            let mut own = ranges(&[], &[], complete);
            let before = own.classify(address);
            own.vpc.push(IpNet::from(address));
            let after = own.classify(address);
            let canonical = seen_by_the_far_end(address.to_canonical());
            if is_never_an_endpoint(canonical) {
                prop_assert_eq!(after, AddressClass::Unusable);
            } else if canonical == address {
                prop_assert_eq!(after, AddressClass::InVpc);
            }
            prop_assert!(before != AddressClass::InVpc && before != AddressClass::InSubnet);
        }
    }
}
