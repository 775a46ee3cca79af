//! The short answer: what failed, why, what to change, and what to run next.

use serde::{Deserialize, Serialize};

use super::hosts::HostKind;
use super::known::{Kind, Part};
use super::{Match, TextExplanation};
use crate::address_class::AddressClass;

/// The short answer to a text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// What failed and how, in sentences.
    pub why: String,
    /// What to change first.
    pub change: String,
    /// The command that checks just what the text implies; absent where there is nothing to check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
}

/// The answer to what was read; `None` where neither a text nor an endpoint was recognised.
pub(super) fn answer(read: &TextExplanation) -> Option<Answer> {
    if read.is_empty() {
        return None;
    }
    let first = |part| read.matches.iter().find(|found| found.part == part);
    let (operation, failure) = (first(Part::Operation), first(Part::Failure));
    let mut why: Vec<&str> = Vec::new();
    why.extend(operation.map(|found| found.title.as_str()));
    why.extend(failure.map(|found| found.title.as_str()));
    if why.is_empty() {
        why.push(
            "Names of AWS stand in the text, but nothing that tells what went wrong with them.",
        );
    }
    why.extend(read.addresses.first().map(|address| address.meaning.as_str()));
    let is_public = read.addresses.first().is_some_and(|a| a.class == AddressClass::Public);
    if is_public && read.services.iter().any(|implied| implied.service == "s3") {
        why.push("For Amazon S3 a public address is right.");
    }
    let was_answered = failure.is_some_and(|found| found.kind.was_answered());
    if was_answered {
        why.push(
            "The service answered: the way to it was open, and a check of it would find nothing.",
        );
    }
    Some(Answer {
        why: why.join(" "),
        change: change(read, failure.or(operation)),
        check: command(read).filter(|_| !was_answered),
    })
}

fn change(read: &TextExplanation, lead: Option<&Match>) -> String {
    let by_address = match (lead.map(|found| found.kind), read.addresses.first()) {
        (Some(Kind::Network), Some(address)) => by_address(read, address.class),
        _ => None,
    };
    let outside = read.hosts.first().filter(|host| host.kind == HostKind::Outside);
    match (by_address, outside, lead) {
        (_, Some(host), Some(found)) if found.kind == Kind::Network => format!(
            "Give this subnet a way to {} (NAT), or copy the image to Amazon ECR: no VPC endpoint reaches that registry.",
            host.name
        ),
        (Some(change), ..) => change,
        (None, _, Some(found)) => found.change.first().cloned().unwrap_or_default(),
        (None, _, None) => "Check the endpoints that it names.".to_owned(),
    }
}

/// What an unanswered connection calls for, where the address tells: not for Amazon S3, whose
/// addresses are public in any case.
fn by_address(read: &TextExplanation, class: AddressClass) -> Option<String> {
    let services: Vec<&str> =
        read.services.iter().map(|implied| implied.service.as_str()).collect();
    if services.is_empty() || services.contains(&"s3") {
        return None;
    }
    let services = services.join(", ");
    match class {
        AddressClass::Public => Some(format!(
            "Unless the address is one of this VPC: create the interface endpoint ({services}) with private DNS names enabled; where it exists, enable its private DNS names, and enableDnsSupport and enableDnsHostnames of the VPC. Or give this subnet a way to the internet."
        )),
        AddressClass::Private => Some(format!(
            "Allow TCP 443 from this task or instance in the security group of the endpoint ({services}), and out of its own security group; then look at the network ACLs of both subnets."
        )),
        _ => None,
    }
}

/// `vpce-probe --only ...` where services say it all, the check of the text where it names other
/// hosts too.
fn command(read: &TextExplanation) -> Option<String> {
    let checked = read.to_check()?;
    let mut services: Vec<String> =
        read.services.iter().map(|implied| implied.service.clone()).collect();
    services.dedup();
    let by_name = read.hosts.iter().any(|host| {
        !matches!(host.kind, HostKind::Endpoint | HostKind::Numbered | HostKind::Outside)
            && host.kind != HostKind::MountTarget
            && !host.name.contains("-starport-layer-bucket.")
    });
    if checked.services.is_empty() || by_name {
        Some("vpce-probe explain --check TEXT (this text again)".to_owned())
    } else {
        Some(format!("vpce-probe --only {}", services.join(",")))
    }
}
