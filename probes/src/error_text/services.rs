//! The services whose endpoints a text implies.

use serde::{Deserialize, Serialize};

use super::hosts::{HostKind, NamedHost};
use super::known::{Kind, KnownText};
use crate::catalog::Catalog;
use crate::ecs_agent::ECS_SERVICES;

/// A service that a text implies.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImpliedService {
    /// The service: `ecr.api`.
    pub service: String,
    /// The Region, where the text names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The services of the known texts, of the hosts, and of what a policy of an endpoint forbids.
pub(super) fn implied(
    catalog: &Catalog,
    text: &str,
    entries: &[&KnownText],
    hosts: &[NamedHost],
) -> Vec<ImpliedService> {
    let mut implied: Vec<ImpliedService> = Vec::new();
    for host in hosts {
        let Some(service) = &host.service else { continue };
        add(&mut implied, service, host.region.as_deref());
        if host.kind == HostKind::Numbered {
            // What leads an agent there is that the three endpoints were not all in use.
            for service in ECS_SERVICES {
                add(&mut implied, service, host.region.as_deref());
            }
        }
    }
    let regions = regions_of_arns(catalog, text);
    let region_of = |service: &str| {
        let named = regions.iter().find(|(of, _)| service == *of);
        named.map(|(_, region)| *region).or_else(|| region_of_all(hosts))
    };
    let names_nothing = hosts.is_empty() && !entries.iter().any(|entry| entry.outside);
    for entry in entries {
        let unless_named = entry.services_unless_named.iter().filter(|_| names_nothing);
        for service in entry.services.iter().chain(unless_named) {
            // A host tells the Region, an entry does not.
            if !implied.iter().any(|other| other.service == *service) {
                add(&mut implied, service, region_of(service));
            }
        }
        if entry.kind == Kind::EndpointPolicy {
            for service in services_of_actions(catalog, text) {
                if !implied.iter().any(|other| other.service == service) {
                    add(&mut implied, &service, region_of(&service));
                }
            }
        }
    }
    implied.sort_by_key(|implied| {
        catalog.services.iter().position(|service| service.name == implied.service)
    });
    implied
}

/// The Region of all hosts, where it is the same.
fn region_of_all(hosts: &[NamedHost]) -> Option<&str> {
    let mut regions = hosts.iter().filter_map(|host| host.region.as_deref());
    let first = regions.next()?;
    regions.all(|other| other == first).then_some(first)
}

/// The Region of all services, where it is the same and the names of endpoints begin with
/// `com.amazonaws` there.
pub(super) fn usual_region<'i>(
    catalog: &Catalog,
    services: &'i [ImpliedService],
) -> Option<&'i str> {
    let region = services.first()?.region.as_deref()?;
    let is_usual = catalog.partition_of(region)?.suffix == "amazonaws.com";
    let same = services.iter().all(|other| other.region.as_deref() == Some(region));
    (is_usual && same).then_some(region)
}

fn add(implied: &mut Vec<ImpliedService>, service: &str, region: Option<&str>) {
    let new = ImpliedService { service: service.to_owned(), region: region.map(str::to_owned) };
    if !implied.contains(&new) {
        implied.push(new);
    }
}

/// The services of `perform: ecr:BatchGetImage` and `allows the s3:GetObject action`.
fn services_of_actions(catalog: &Catalog, text: &str) -> Vec<String> {
    let mut services: Vec<String> = Vec::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for pair in words.windows(2) {
        let &[before, action] = pair else { continue };
        let Some((prefix, name)) = action.split_once(':') else { continue };
        if !matches!(before, "perform:" | "the") {
            continue;
        }
        let of_prefix: &[&str] = match prefix {
            // Docker and containerd ask ecr.dkr for images; the login comes from ecr.api alone.
            "ecr" if name.starts_with("GetAuthorizationToken") => &["ecr.api"],
            "ecr" => &["ecr.api", "ecr.dkr"],
            prefix if catalog.service(prefix).is_some() => &[prefix],
            _ => &[],
        };
        for service in of_prefix {
            if !services.iter().any(|other| other == service) {
                services.push((*service).to_owned());
            }
        }
    }
    services
}

/// The services and Regions of `arn:aws:secretsmanager:us-east-1:...`.
fn regions_of_arns<'t>(catalog: &Catalog, text: &'t str) -> Vec<(&'t str, &'t str)> {
    let mut found = Vec::new();
    for arn in text.split("arn:").skip(1) {
        let mut parts = arn.splitn(4, ':');
        let (_, service, region) = (parts.next(), parts.next(), parts.next());
        if let (Some(service), Some(region)) = (service, region)
            && catalog.service(service).is_some()
            && catalog.partition_of(region).is_some()
        {
            found.push((service, region));
        }
    }
    found
}
