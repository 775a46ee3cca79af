//! Where the Amazon-provided resolver may be, for a machine that asks another one.

use std::net::IpAddr;

use super::resolv_conf::plus_two;
use super::{AMAZON_RESOLVERS, LaunchType, ResolverKind, Surroundings};

impl Surroundings {
    /// The addresses at which the Amazon-provided resolver can be asked for comparison. Empty where
    /// a configured resolver is recognised as it, where no resolver is configured, and outside AWS.
    /// Source: Amazon VPC User Guide, "DNS attributes for your VPC".
    pub fn unasked_amazon_resolvers(&self) -> Vec<IpAddr> {
        let is_inside =
            self.launch_type.value().is_some_and(|place| *place != LaunchType::External);
        let Some(settings) = self.resolvers.value().filter(|_| is_inside) else {
            return Vec::new();
        };
        if settings.servers.iter().any(|server| server.kind == ResolverKind::Amazon) {
            return Vec::new();
        }
        // Only the primary range has one, and it is the first of those that are told.
        let of_primary = self.vpc_cidrs.value().into_iter().flatten().find_map(plus_two);
        AMAZON_RESOLVERS
            .into_iter()
            .chain(of_primary)
            .filter(|address| self.may_reach(*address))
            .collect()
    }

    /// Whether there is a way to that family: IPv6 only where this machine is known to have it.
    fn may_reach(&self, address: IpAddr) -> bool {
        self.has_family_of(address).unwrap_or(address.is_ipv4())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::{Fact, Interface, ResolverAddress, ResolverSettings, Source};

    fn here(resolver: &str, kind: ResolverKind, own: &[&str]) -> Surroundings {
        let known = |address: &str| ResolverAddress { address: address.parse().unwrap(), kind };
        let addresses = own.iter().map(|own| own.parse().unwrap()).collect();
        let interface = Interface { name: "eth0".to_owned(), addresses };
        Surroundings {
            launch_type: Fact::known(LaunchType::Ec2Instance, Source::OPTION),
            vpc_cidrs: Fact::known(vec!["10.0.0.0/16".parse().unwrap()], Source::OPTION),
            interfaces: Fact::known(vec![interface], Source::INTERFACES),
            resolvers: Fact::known(
                ResolverSettings {
                    servers: vec![known(resolver)],
                    timeout_ms: 5000.0,
                    attempts: 2,
                    use_tcp: false,
                },
                Source::OPTION,
            ),
            ..Surroundings::default()
        }
    }

    fn asked(surroundings: &Surroundings) -> Vec<String> {
        surroundings.unasked_amazon_resolvers().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_machine_that_asks_another_resolver_can_ask_amazons_too() {
        let mut place = here("10.0.3.53", ResolverKind::Other, &["10.0.1.10/24"]);
        assert_eq!(asked(&place), ["169.254.169.253", "10.0.0.2"]);
        let stub = here("127.0.0.53", ResolverKind::Stub, &["10.0.1.10/24", "2600::10/64"]);
        assert_eq!(asked(&stub), ["169.254.169.253", "fd00:ec2::253", "10.0.0.2"]);
        let ipv6 = here("fd01::53", ResolverKind::Other, &["2600::10/64", "fe80::1/64"]);
        assert_eq!(asked(&ipv6), ["fd00:ec2::253"]);
        place.interfaces = Fact::default();
        assert_eq!(asked(&place), ["169.254.169.253", "10.0.0.2"]);
        let two = ["10.0.0.0/16", "10.1.0.0/16"].map(|range| range.parse().unwrap());
        place.vpc_cidrs = Fact::known(two.to_vec(), Source::OPTION);
        assert_eq!(asked(&place), ["169.254.169.253", "10.0.0.2"], "secondary ranges have none");
    }

    #[test]
    fn nobody_else_asks_it_once_more() {
        let amazon = here("10.0.0.2", ResolverKind::Amazon, &["10.0.1.10/24"]);
        assert!(asked(&amazon).is_empty());
        let mut place = here("10.0.3.53", ResolverKind::Other, &["10.0.1.10/24"]);
        place.launch_type = Fact::known(LaunchType::External, Source::OPTION);
        assert!(asked(&place).is_empty(), "it is not there outside AWS");
        place.launch_type = Fact::default();
        assert!(asked(&place).is_empty(), "nor where this may be outside AWS");
        let mut none = here("10.0.3.53", ResolverKind::Other, &["10.0.1.10/24"]);
        none.resolvers = Fact::default();
        assert!(asked(&none).is_empty());
    }
}
