//! Amazon S3 that does not answer while the registry does, or while other names of it do.

use super::finding::{ENDPOINTS, HOSTS, Words};
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

/// In place of what the rules about connections say: they do not see what else works.
pub(super) fn judge(views: &[HostView<'_>], view: &HostView<'_>) -> Option<Finding> {
    let used = view.in_use();
    let is_silent = is_of_this_region(view)
        && !used.is_empty()
        && used.iter().all(|address| {
            address.class == AddressClass::Public
                && address.seen.tcp.outcome == TcpOutcome::TimedOut
        });
    if !is_silent {
        return None;
    }
    let use_of_it = match view.endpoint.label.as_deref() {
        Some("layers") => " Image layers cannot be pulled.",
        _ => "",
    };
    let (code, words) = if let Some(other) = answering(views) {
        (Code::NoWayOut, dropped(seen(&used), other, use_of_it))
    } else if is_registry_well(views) {
        (Code::S3RouteMissing, without_route(seen(&used), use_of_it))
    } else {
        return None;
    };
    if used.iter().any(|address| waited_too_briefly(address)) {
        let meaning = format!("{} {TOO_BRIEF}", words.meaning);
        let words = Words { meaning, ..words };
        return Some(Finding::of_host(view, code, Severity::Unknown, words));
    }
    Some(Finding::of_host(view, code, Severity::Fail, words))
}

fn without_route(seen: String, use_of_it: &str) -> Words {
    Words::new(
        seen,
        format!(
            "The registry is private and works; Amazon S3 does not answer. Its public address is right: a gateway endpoint is a route to it. That route is missing in the route table of this subnet, or a security group or network ACL does not let the traffic out.{use_of_it}"
        ),
        format!(
            "Create the gateway {ENDPOINTS}, or associate the one that is there with the route table of this subnet. In the security group of this machine or task, allow outbound TCP 443 to the prefix list of S3 in the Region; in the network ACL of this subnet, to all of its addresses."
        ),
    )
}

fn dropped(seen: String, answering: &HostView<'_>, use_of_it: &str) -> Words {
    Words::new(
        seen,
        format!(
            "The public address is right for Amazon S3, and there is a way to it: {} answers. Something lets only a part of Amazon S3 pass, such as a security group or network ACL that holds some of its addresses, or a firewall.{use_of_it}",
            answering.host
        ),
        format!(
            "In the security group of this machine or task, allow outbound TCP 443 to the prefix list of S3 in the Region; in the network ACL of this subnet, to all of its addresses; in a firewall on the way, to {HOSTS}."
        ),
    )
}

/// Whether it is a name of Amazon S3 to which a gateway endpoint of this VPC leads.
fn is_of_this_region(view: &HostView<'_>) -> bool {
    view.endpoint.service == "s3" && view.endpoint.expectation == Expectation::Gateway
}

/// A name of Amazon S3 that a public address of it answers to.
fn answering<'v, 'a>(views: &'v [HostView<'a>]) -> Option<&'v HostView<'a>> {
    views.iter().filter(|view| is_of_this_region(view)).find(|view| {
        let public = |class| class == AddressClass::Public;
        view.addresses.iter().any(|address| public(address.class) && address.connects())
    })
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
