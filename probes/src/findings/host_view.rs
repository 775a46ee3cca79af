//! One host name of one endpoint, with everything that the rules look at.

use std::net::IpAddr;

use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::observation::{
    AddressObservation, Certificate, HostObservation, Lookup, Observations, TcpOutcome, TlsOutcome,
};
use crate::plan::{Endpoint, Plan, SideName};
use crate::surroundings::Surroundings;

/// So many addresses are listed in a sentence: an answer may hold thousands.
const SHOWN: usize = 12;

pub(super) struct HostView<'a> {
    pub(super) endpoint: &'a Endpoint,
    pub(super) host: &'a str,
    /// `None` when the deadline came before anything was observed.
    pub(super) observed: Option<&'a HostObservation>,
    pub(super) addresses: Vec<AddressView<'a>>,
    /// The names that were looked up beside it, with what the resolvers say of them.
    pub(super) side_names: Vec<(&'a SideName, &'a Lookup)>,
}

pub(super) struct AddressView<'a> {
    pub(super) address: IpAddr,
    pub(super) class: AddressClass,
    pub(super) seen: &'a AddressObservation,
    /// Whether clients on this machine never get to use the address: it has none of that family.
    pub(super) out_of_use: bool,
}

impl<'a> HostView<'a> {
    pub(super) fn of_plan(
        surroundings: &Surroundings,
        plan: &'a Plan,
        observations: &'a Observations,
    ) -> Vec<Self> {
        let ranges = surroundings.vpc_ranges();
        let names =
            plan.endpoints.iter().flat_map(|e| e.hosts.iter().map(move |host| (e, host.as_str())));
        names
            .map(|(endpoint, host)| {
                let observed = observations.host(host);
                let seen = observed.map_or(&[][..], |host| &host.addresses);
                let other_family_connects = |address: IpAddr| {
                    seen.iter().any(|other| {
                        other.address.is_ipv4() != address.is_ipv4()
                            && other.tcp.outcome == TcpOutcome::Connected
                    })
                };
                let addresses = seen
                    .iter()
                    .map(|seen| AddressView {
                        address: seen.address,
                        class: ranges.classify(seen.address),
                        seen,
                        out_of_use: surroundings.has_family_of(seen.address) == Some(false)
                            || (matches!(seen.tcp.outcome, TcpOutcome::Unreachable { .. })
                                && other_family_connects(seen.address)),
                    })
                    .collect();
                let side_names = plan
                    .side_names
                    .iter()
                    .filter(|side| side.is_beside(endpoint, host))
                    .filter_map(|side| Some((side, observations.side_name(&side.host)?)))
                    .collect();
                Self { endpoint, host, observed, addresses, side_names }
            })
            .collect()
    }

    /// The addresses that clients on this machine use. All of them, when none other is left.
    pub(super) fn in_use(&self) -> Vec<&AddressView<'a>> {
        let used: Vec<_> = self.addresses.iter().filter(|address| !address.out_of_use).collect();
        if used.is_empty() { self.addresses.iter().collect() } else { used }
    }

    /// Whether the hosts file sends the name to other addresses than the resolvers.
    pub(super) fn is_pinned_away(&self) -> bool {
        self.observed.is_some_and(|seen| {
            let resolved: Vec<_> = seen.lookups.iter().flat_map(Lookup::addresses).collect();
            !resolved.is_empty()
                && !seen.pinned.is_empty()
                && !seen.pinned.iter().any(|pinned| resolved.contains(&pinned))
        })
    }

    /// Whether private addresses are expected, not one is, and some are public.
    pub(super) fn is_public(&self) -> bool {
        let used = self.in_use();
        self.endpoint.expectation == Expectation::Private
            && !used.iter().any(|address| address.class.is_private())
            && used.iter().any(|address| address.class == AddressClass::Public)
    }

    /// The name under which the endpoint is created, or the service's.
    pub(super) fn endpoint_name(&self) -> String {
        self.endpoint.endpoint_service_name.clone().unwrap_or_else(|| self.host.to_owned())
    }
}

impl<'a> AddressView<'a> {
    /// The certificate of what answered, whether or not it was accepted.
    pub(super) fn leaf(&self) -> Option<&'a Certificate> {
        self.seen.tls.as_ref()?.chain.first()
    }
}

impl AddressView<'_> {
    pub(super) fn works(&self) -> bool {
        self.tls_outcome() == Some(&TlsOutcome::Completed)
    }

    pub(super) fn tls_outcome(&self) -> Option<&TlsOutcome> {
        self.seen.tls.as_ref().map(|tls| &tls.outcome)
    }

    pub(super) fn connects(&self) -> bool {
        self.seen.tcp.outcome == TcpOutcome::Connected
    }

    pub(super) fn is_unfinished(&self) -> bool {
        self.seen.tcp.outcome == TcpOutcome::NotFinished
            || self.tls_outcome() == Some(&TlsOutcome::NotFinished)
    }

    /// What came of it, in a few words.
    pub(super) fn words(&self) -> String {
        match self.tls_outcome() {
            Some(tls) => tls.words(),
            None => self.seen.tcp.outcome.words(),
        }
    }
}

/// Addresses as a person reads them: `10.0.1.5, 10.0.2.5`.
pub(super) fn list<'v>(addresses: impl IntoIterator<Item = &'v IpAddr>) -> String {
    let mut addresses = addresses.into_iter();
    let shown: Vec<_> = addresses.by_ref().take(SHOWN).map(IpAddr::to_string).collect();
    let shown = shown.join(", ");
    match addresses.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_short_however_many_there_are() {
        let addresses: Vec<IpAddr> = (0..=255).map(|last| IpAddr::from([10, 0, 0, last])).collect();
        assert_eq!(list(&addresses[..2]), "10.0.0.0, 10.0.0.1");
        assert!(list(&addresses[..SHOWN]).ends_with(", 10.0.0.11"));
        assert!(list(&addresses).ends_with(", 10.0.0.11 and 244 more"));
        assert_eq!(list(&[]), "");
    }
}
