//! What the deadline cut short.

use super::finding::Words;
use super::host_view::HostView;
use super::{Code, Finding};
use crate::observation::LookupOutcome;
use crate::observe::MAX_ADDRESSES;
use crate::status::Severity;

/// One finding, whatever was cut short.
pub(super) fn judge(views: &[HostView<'_>]) -> Vec<Finding> {
    views
        .iter()
        .filter(|view| is_unfinished(view))
        .map(|view| Finding::of_host(view, Code::DeadlineReached, Severity::Unknown, words(view)))
        .collect()
}

fn words(view: &HostView<'_>) -> Words {
    let addresses = view.addresses.len();
    if addresses > MAX_ADDRESSES {
        return Words::new(
            format!("{MAX_ADDRESSES} of at least {addresses} addresses were tried"),
            "The state of the others is not known: no more of one name are tried, and an endpoint has one in each Availability Zone.",
            "Find out who gives the name so many addresses: a record of a private hosted zone, the resolver, or the hosts file.",
        );
    }
    Words::new(
        "not finished when the deadline came",
        "The state of these names is not known. Something before them took the time: look at the other findings first.",
        CHANGE,
    )
}

/// The ECS agent, where it was not come to.
pub(super) fn agent_unfinished() -> Finding {
    Finding::general(
        Code::DeadlineReached,
        Severity::Unknown,
        Words::new(
            "the ECS agent was not looked at when the deadline came",
            "Its state is not known. Something before it took the time: look at the other findings first.",
            CHANGE,
        ),
    )
}

const CHANGE: &str = "Mend what the other findings name, or give more time with --deadline.";

/// Whether something that decides about the name was not finished.
pub(super) fn is_unfinished(view: &HostView<'_>) -> bool {
    let Some(observed) = view.observed else { return true };
    let lookup_cut = observed.addresses.is_empty()
        && observed
            .lookups
            .iter()
            .any(|lookup| matches!(lookup.outcome(), Some(LookupOutcome::NotFinished) | None));
    lookup_cut || view.in_use().iter().any(|address| address.is_unfinished())
}
