//! What holds of every address and all ranges.

use std::net::Ipv6Addr;

use proptest::prelude::*;

use super::*;

/// Where one kind of address ends and another begins, and one on either side.
fn any_address() -> impl Strategy<Value = IpAddr> {
    let of_note = prop::sample::select(vec![
        "0.0.0.0",
        "1.0.0.0",
        "10.0.0.0",
        "11.0.0.0",
        "100.64.0.0",
        "100.128.0.0",
        "127.0.0.0",
        "128.0.0.0",
        "169.254.0.0",
        "169.254.169.253",
        "169.255.0.0",
        "172.16.0.0",
        "172.32.0.0",
        "192.168.0.0",
        "192.169.0.0",
        "198.18.0.0",
        "224.0.0.0",
        "240.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::1",
        "2001:db8::1",
        "2600:1f18::",
        "fc00::",
        "fd00:ec2::253",
        "fe00::",
        "fe80::1",
        "fec0::",
        "ff02::1",
    ])
    .prop_map(|text| text.parse::<IpAddr>().unwrap());
    let near = (of_note, -1_i32..=1).prop_map(|(address, step)| match address {
        IpAddr::V4(v4) => Ipv4Addr::from(u32::from(v4).wrapping_add_signed(step)).into(),
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6).wrapping_add_signed(step.into())).into(),
    });
    prop_oneof![
        3 => near,
        1 => any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).into()),
        1 => any::<u128>().prop_map(|bits| Ipv6Addr::from(bits).into()),
        1 => any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).to_ipv6_mapped().into()),
        1 => any::<u32>().prop_map(|bits| {
            Ipv6Addr::from((0x64_ff9b << 96) | u128::from(bits)).into()
        }),
    ]
}

fn any_net() -> impl Strategy<Value = IpNet> {
    (any_address(), 0..=32_u8).prop_map(|(address, length)| {
        let length = if address.is_ipv4() { length } else { length * 4 };
        IpNet::new(address, length).unwrap().trunc()
    })
}

fn any_ranges() -> impl Strategy<Value = VpcRanges> {
    let nets = || prop::collection::vec(any_net(), 0..4);
    (nets(), nets(), any::<bool>(), any::<bool>()).prop_map(
        |(vpc, subnets, complete_ipv4, complete_ipv6)| VpcRanges {
            vpc,
            subnets,
            complete_ipv4,
            complete_ipv6,
        },
    )
}

fn holds(nets: &[IpNet], address: IpAddr) -> bool {
    nets.iter().any(|net| net.contains(&address))
}

proptest! {
    #[test]
    fn each_class_says_what_the_ranges_say(ranges in any_ranges(), address in any_address()) {
        let class = ranges.classify(address);
        let meant = seen_by_the_far_end(address.to_canonical());
        let usable = !is_never_an_endpoint(meant);
        let (in_subnet, in_vpc) = (holds(&ranges.subnets, meant), holds(&ranges.vpc, meant));
        // Membership decides first, whatever kind of address it is.
        prop_assert_eq!(class == AddressClass::InSubnet, usable && in_subnet);
        prop_assert_eq!(class == AddressClass::InVpc, usable && in_vpc && !in_subnet);
        if !in_subnet && !in_vpc {
            let complete =
                if meant.is_ipv4() { ranges.complete_ipv4 } else { ranges.complete_ipv6 };
            let private = is_private_range(meant);
            let expected: &[AddressClass] = match (usable && !is_link_local(meant), private, complete) {
                (false, ..) => &[AddressClass::Unusable],
                (true, true, true) => &[AddressClass::PrivateElsewhere],
                (true, true, false) => &[AddressClass::Private],
                (true, false, true) => &[AddressClass::Public],
                (true, false, false) => &[AddressClass::Public, AddressClass::Unknown],
            };
            prop_assert!(expected.contains(&class), "{} is {}", address, class.word());
        }
    }

    #[test]
    fn wrapped_addresses_are_of_the_class_of_what_they_wrap(
        ranges in any_ranges(), bits in any::<u32>(),
    ) {
        let v4 = Ipv4Addr::from(bits);
        let class = ranges.classify(v4.into());
        prop_assert_eq!(ranges.classify(v4.to_ipv6_mapped().into()), class);
        let by_dns64 = Ipv6Addr::from((0x64_ff9b << 96) | u128::from(bits));
        prop_assert_eq!(ranges.classify(by_dns64.into()), class);
    }

    #[test]
    fn the_order_and_the_repetition_of_ranges_mean_nothing(
        ranges in any_ranges(), address in any_address(),
    ) {
        let mut other = ranges.clone();
        other.vpc.extend(ranges.vpc.iter().rev());
        other.subnets.reverse();
        prop_assert_eq!(other.classify(address), ranges.classify(address));
    }

    #[test]
    fn knowing_more_of_the_vpc_never_makes_its_addresses_strangers(
        ranges in any_ranges(), more in any_net(), address in any_address(),
    ) {
        let before = ranges.classify(address);
        let mut wider = ranges.clone();
        wider.vpc.push(more);
        let after = wider.classify(address);
        let is_own = |class| matches!(class, AddressClass::InSubnet | AddressClass::InVpc);
        prop_assert!(is_own(after) || !is_own(before), "{} to {}", before.word(), after.word());
        // A public range among the VPC's makes others of its kind doubtful, and nothing else does.
        let made_doubtful = (before, after) == (AddressClass::Public, AddressClass::Unknown);
        prop_assert!(after == before || is_own(after) || made_doubtful);
    }
}
