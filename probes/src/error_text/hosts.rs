//! The host names in a text, and which endpoints they belong to.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::aws_host::aws_host;
use crate::catalog::{Catalog, Expectation};
use crate::image::is_on_the_internet;
use crate::plan::NamedInText;

/// Most host names that are told of one text.
const MAX_HOSTS: usize = 20;

/// A host name in a text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedHost {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: HostKind,
    /// The service that it belongs to, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The Region in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What a person should know about it; empty for the usual name of an endpoint.
    pub meaning: String,
}

/// What a host name is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HostKind {
    /// A name of an endpoint.
    Endpoint,
    /// The name of one endpoint alone: `vpce-...`.
    SingleEndpoint,
    /// A bucket, or Amazon S3 itself.
    Bucket,
    /// A numbered host of Amazon ECS: `ecs-a-3`.
    Numbered,
    /// A name without a Region.
    Global,
    /// A name of the service that its endpoint does not cover.
    NotCovered,
    /// A mount target of Amazon EFS.
    MountTarget,
    /// A service of AWS that this program does not know.
    OtherService,
    /// Something that people make in AWS: a load balancer, a database.
    Resource,
    /// A registry or another host outside of AWS PrivateLink.
    Outside,
}

impl NamedHost {
    /// Whether it is Amazon DynamoDB, which has a gateway endpoint, as Amazon S3 has.
    pub(super) fn is_dynamodb(&self) -> bool {
        self.kind == HostKind::OtherService && self.name.starts_with("dynamodb.")
    }

    /// The name as it is checked by itself, where that tells something.
    pub(super) fn to_check(&self) -> Option<NamedInText> {
        let expectation = match self.kind {
            HostKind::Endpoint | HostKind::SingleEndpoint => Expectation::Private,
            // Of a service that is not known, neither is what kind of endpoint it has, if any:
            // public addresses are right with the gateway endpoint of DynamoDB.
            HostKind::Bucket | HostKind::Global | HostKind::NotCovered | HostKind::OtherService => {
                Expectation::Reachable
            }
            HostKind::Numbered | HostKind::MountTarget | HostKind::Resource | HostKind::Outside => {
                return None;
            }
        };
        Some(NamedInText {
            name: self.name.clone(),
            service: self.service.clone(),
            region: self.region.clone(),
            expectation,
        })
    }
}

/// The host names in a text, in its order, each once.
pub(super) fn hosts(catalog: &Catalog, text: &str) -> Vec<NamedHost> {
    let mut hosts: Vec<NamedHost> = Vec::new();
    let certificates = names_of_certificates(text);
    for Run { text: run, before, .. } in runs(text) {
        // The names in a certificate are not those that anybody called.
        let is_of_certificate = before.ends_with("*.")
            || certificates.iter().any(|names| names.contains(&before.len()));
        let Some(name) = host_name(run).filter(|_| !is_of_certificate) else { continue };
        if hosts.len() >= MAX_HOSTS || hosts.iter().any(|host| host.name == name) {
            continue;
        }
        hosts.extend(aws_host(catalog, &name).or_else(|| outside(&name, before)));
    }
    hosts
}

/// Where Go lists the names of a certificate: "certificate is valid for A, B, not C". Without its end,
/// a list is taken to end with its line.
fn names_of_certificates(text: &str) -> Vec<Range<usize>> {
    const LIST: &str = "certificate is valid for ";
    let mut lists = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(LIST)) {
        let start = from + at + LIST.len();
        let rest = text.get(start..).unwrap_or_default();
        let rest = rest.split(LIST).next().unwrap_or_default();
        let end = rest.find(", not ").or_else(|| rest.find('\n')).unwrap_or(rest.len());
        lists.push(start..start + end);
        from = start + end;
    }
    lists
}

fn outside(name: &str, before: &str) -> Option<NamedHost> {
    let is_registry = is_on_the_internet(name);
    let was_looked_up = before.ends_with("lookup ");
    (is_registry || was_looked_up).then(|| NamedHost {
        name: name.to_owned(),
        kind: HostKind::Outside,
        service: None,
        region: None,
        meaning: if is_registry {
            "a registry that no VPC endpoint reaches: it takes a way to the internet, or the image in Amazon ECR".to_owned()
        } else {
            "not a name of AWS".to_owned()
        },
    })
}

/// A run of the characters of names and addresses, with what stands around it.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

/// Every run that could be a name or an IPv4 address: it has a dot inside.
pub(super) fn runs(text: &str) -> impl Iterator<Item = Run<'_>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let from = rest + text.get(rest..)?.find(is_of_a_name)?;
            let tail = text.get(from..)?;
            let length = tail.find(|c| !is_of_a_name(c)).unwrap_or(tail.len());
            rest = from + length;
            let run = text.get(from..rest)?;
            let trimmed = run.trim_matches(['.', '-']);
            if trimmed.contains('.') {
                let start = from + run.find(trimmed)?;
                return Some(Run {
                    text: trimmed,
                    before: text.get(..start)?,
                    after: text.get(start + trimmed.len()..)?,
                });
            }
        }
    })
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '-'
}

fn host_name(run: &str) -> Option<String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_name = run.len() <= 253
        && run.split('.').all(is_label)
        && run.rsplit('.').next().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()));
    is_name.then(|| run.to_ascii_lowercase())
}
