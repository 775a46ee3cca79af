//! Amazon S3 that does not answer while the registry does.

use super::finding::{ENDPOINTS, Words};
use super::host_view::HostView;
use super::set_rules::is_private;
use super::tcp_rules::{TOO_BRIEF, seen, waited_too_briefly};
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::observation::TcpOutcome;
use crate::status::Severity;

/// The services of the registry, whose interface endpoints a gateway endpoint for S3 goes with.
const REGISTRY: [&str; 2] = ["ecr.api", "ecr.dkr"];

/// In place of what the rules about connections say: they do not see that the registry works.
pub(super) fn judge(views: &[HostView<'_>], view: &HostView<'_>) -> Option<Finding> {
    let used = view.in_use();
    let is_silent = view.endpoint.service == "s3"
        && view.endpoint.expectation == Expectation::Gateway
        && !used.is_empty()
        && used.iter().all(|address| {
            address.class == AddressClass::Public
                && address.seen.tcp.outcome == TcpOutcome::TimedOut
        });
    if !is_silent || !is_registry_well(views) {
        return None;
    }
    let use_of_it = match view.endpoint.label.as_deref() {
        Some("layers") => " Image layers cannot be pulled.",
        _ => "",
    };
    let words = Words::new(
        seen(&used),
        format!(
            "The registry is private and works; Amazon S3 does not answer. Its public address is right: a gateway endpoint is a route to it. That route is missing in the route table of this subnet, or a security group or network ACL does not let the traffic out.{use_of_it}"
        ),
        format!(
            "Create the gateway {ENDPOINTS}, or associate the one that is there with the route table of this subnet. In the security group of this machine or task, allow outbound TCP 443 to the prefix list of S3 in the Region; in the network ACL of this subnet, to all of its addresses."
        ),
    );
    if used.iter().any(|address| waited_too_briefly(address)) {
        let meaning = format!("{} {TOO_BRIEF}", words.meaning);
        let words = Words { meaning, ..words };
        return Some(Finding::of_host(view, Code::S3RouteMissing, Severity::Unknown, words));
    }
    Some(Finding::of_host(view, Code::S3RouteMissing, Severity::Fail, words))
}

/// Whether all that is checked of the Region's own registry is private and works.
fn is_registry_well(views: &[HostView<'_>]) -> bool {
    let is_registry = |view: &&HostView<'_>| {
        REGISTRY.contains(&view.endpoint.service.as_str()) && view.endpoint.region.is_none()
    };
    let mut registry = views.iter().filter(is_registry).peekable();
    registry.peek().is_some()
        && registry
            .all(|view| is_private(view) && view.in_use().iter().any(|address| address.works()))
}
