//! Names that the hosts file pins.

use std::net::IpAddr;

use super::cause::{self, Cause};
use super::finding::Words;
use super::host_view::{HostView, list};
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::observation::{HostObservation, Lookup, LookupOutcome};
use crate::status::Severity;
use crate::surroundings::Surroundings;

pub(super) fn judge(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    observed: &HostObservation,
) -> Finding {
    let resolved: Vec<IpAddr> =
        observed.lookups.iter().flat_map(Lookup::addresses).copied().collect();
    let says = if resolved.is_empty() {
        "the resolvers have no address for it".to_owned()
    } else {
        format!("the resolvers say {}", list(&resolved))
    };
    let change = match first(surroundings, view, observed) {
        Some(first) => format!("{first} Then take {} out of /etc/hosts.", view.host),
        None => format!("Take {} out of /etc/hosts.", view.host),
    };
    Finding::of_host(
        view,
        Code::PinnedName,
        Severity::Warn,
        Words::new(
            format!("/etc/hosts says {}; {says}", list(&observed.pinned)),
            "Programs on this machine use the address of the hosts file and ask no resolver. When the endpoint is replaced, they keep the old address.",
            change,
        ),
    )
}

/// What has to come before: a name that only the hosts file makes private would be public without it,
/// or gone.
fn first(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    observed: &HostObservation,
) -> Option<String> {
    let ranges = surroundings.vpc_ranges();
    let is_public = |address: &IpAddr| ranges.classify(*address) == AddressClass::Public;
    let is_not_private = |lookup: &Lookup| match lookup.outcome() {
        Some(LookupOutcome::Answered { addresses, .. }) => addresses.iter().all(is_public),
        Some(other) => other.is_without_data() || *other == LookupOutcome::NoSuchName,
        None => false,
    };
    let holds_up = view.endpoint.expectation == Expectation::Private
        && view.addresses.iter().any(|address| address.class.is_private() && address.works())
        && !observed.lookups.is_empty()
        && observed.lookups.iter().all(is_not_private);
    if !holds_up {
        return None;
    }
    Some(match cause::of(surroundings, view) {
        Cause::ToldBy(code, _) => {
            format!("First follow {code}: only the hosts file keeps the name private.")
        }
        _ => "First make the resolvers give private addresses for the name: only the hosts file keeps it private.".to_owned(),
    })
}
