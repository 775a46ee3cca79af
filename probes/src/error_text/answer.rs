//! The short answer: what failed, why, what to change, and what to run next.

use serde::{Deserialize, Serialize};

use super::addresses::{DYNAMODB, Public};
use super::hosts::{HostKind, NamedHost};
use super::known::{Kind, Part};
use super::{Match, TextExplanation};
use crate::address_class::AddressClass;
use crate::findings::Code;

/// What Amazon S3 without an answer calls for.
const TO_S3: &str = "Associate the S3 gateway endpoint with the route table of this subnet, and allow TCP 443 out to the prefix list of Amazon S3 in the security group; or give this subnet another way out.";

/// What Amazon DynamoDB without an answer calls for.
const TO_DYNAMODB: &str = "Associate the DynamoDB gateway endpoint with the route table of this subnet, and allow TCP 443 out to the prefix list of Amazon DynamoDB in the security group; or give this subnet another way out.";

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
    let was_answered = failure.is_some_and(|found| found.kind.was_answered());
    Some(Answer {
        why: why(read, operation, failure),
        change: in_region(read, change(read, failure.or(operation))),
        check: command(read).filter(|_| !was_answered),
    })
}

fn why(read: &TextExplanation, operation: Option<&Match>, failure: Option<&Match>) -> String {
    let titles = operation.into_iter().chain(failure).map(|found| found.title.clone());
    let mut why: Vec<String> = titles.collect();
    if why.is_empty() {
        why.push(
            "Names of AWS stand in the text, but nothing that tells what went wrong with them."
                .to_owned(),
        );
    }
    let kind = failure.map(|found| found.kind);
    // Names that no endpoint covers explain it by themselves; then the address tells nothing new.
    // An answer came from outside, so there is a way to it.
    let was_answered = kind.is_some_and(Kind::was_answered);
    let is_proven = |host: &NamedHost| was_answered && host.kind == HostKind::Outside;
    let odd = read.hosts.iter().find(|host| !host.meaning.is_empty() && !is_proven(host));
    if kind == Some(Kind::Dns) {
        why.extend(read.resolvers.first().map(|resolver| resolver.meaning.clone()));
    } else if let Some(host) = odd.filter(|host| host.kind != HostKind::OtherService) {
        why.push(format!("{}: {}.", host.name, host.meaning));
    } else if let Some(address) = read.addresses.first() {
        why.push(address.meaning.clone());
    }
    if was_answered {
        let words = "The service answered: the way to it was open, and a check would find nothing.";
        why.push(words.to_owned());
    }
    why.join(" ")
}

fn names_s3(read: &TextExplanation) -> bool {
    read.services.iter().any(|implied| implied.service == "s3")
}

fn names_only_s3(read: &TextExplanation) -> bool {
    names_s3(read) && read.services.iter().all(|implied| implied.service == "s3")
}

fn change(read: &TextExplanation, lead: Option<&Match>) -> String {
    let Some(lead) = lead else { return "Check the endpoints that it names.".to_owned() };
    let outside = read.hosts.first().filter(|host| host.kind == HostKind::Outside);
    if lead.kind == Kind::Network && read.hosts.iter().any(|host| host.kind == HostKind::Numbered) {
        return "Create the three ECS endpoints with private DNS names enabled, then restart the agent, so that it forgets the numbered host: vpce-probe agent restart --if-needed.".to_owned();
    }
    let global = read.hosts.iter().find(|host| host.kind == HostKind::Global);
    if let Some(host) = global.filter(|_| lead.kind == Kind::Network) {
        return format!(
            "Let the program call the Regional name instead of {}: AWS_STS_REGIONAL_ENDPOINTS=regional. Then create the interface endpoint of sts, or give the subnet a way to the internet.",
            host.name
        );
    }
    let is_unanswered = lead.codes.contains(&Code::ConnectTimeout);
    let by_address =
        read.addresses.first().filter(|address| is_unanswered && address.may_be_an_endpoint());
    match (outside.filter(|_| lead.kind == Kind::Network), by_address) {
        (Some(host), _) => format!(
            "Give this subnet a way to {} (NAT), or copy the image to Amazon ECR: no VPC endpoint reaches that registry.",
            host.name
        ),
        (None, Some(address)) => {
            by_class(read, address.class).unwrap_or_else(|| first_change(lead))
        }
        (None, None) if is_unanswered && names_only_s3(read) => TO_S3.to_owned(),
        (None, None) => first_change(lead),
    }
}

/// An endpoint serves one Region, so the Region in the text is that of the endpoint to create.
fn in_region(read: &TextExplanation, change: String) -> String {
    const CREATED: &str = "with private DNS names enabled";
    let mut regions = read.services.iter().map(|implied| implied.region.as_deref());
    match regions.next().flatten() {
        Some(region) if !change.contains(region) && regions.all(|of| of == Some(region)) => {
            change.replacen(CREATED, &format!("in {region} {CREATED}"), 1)
        }
        _ => change,
    }
}

/// The first change; where it depends on an address that is not known, what each calls for.
fn first_change(lead: &Match) -> String {
    let by_address = |line: &&String| {
        line.starts_with("Private address: ") || line.starts_with("Public address: ")
    };
    let all: Vec<&str> = lead.change.iter().take_while(by_address).map(String::as_str).collect();
    if all.is_empty() {
        return lead.change.first().cloned().unwrap_or_default();
    }
    all.join(" ")
}

/// What an unanswered connection calls for, where the address tells.
fn by_class(read: &TextExplanation, class: AddressClass) -> Option<String> {
    let services: Vec<&str> =
        read.services.iter().map(|implied| implied.service.as_str()).collect();
    if names_s3(read) {
        return (class == AddressClass::Public).then(|| TO_S3.to_owned());
    }
    if services.is_empty() {
        let is_dynamodb = Public::of(&read.hosts, &read.services) == Public::Right(DYNAMODB);
        return (is_dynamodb && class == AddressClass::Public).then(|| TO_DYNAMODB.to_owned());
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
        !matches!(host.kind, HostKind::Endpoint | HostKind::Numbered)
            && host.to_check().is_some()
            && !host.name.contains("-starport-layer-bucket.")
    });
    if checked.services.is_empty() || by_name {
        Some("vpce-probe explain --check TEXT (this text again)".to_owned())
    } else {
        Some(format!("vpce-probe --only {}", services.join(",")))
    }
}
