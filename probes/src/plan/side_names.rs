//! Names beside those that clients ask for. What they resolve to shows how a private hosted zone was
//! made by hand. They are looked up, and never connected to.

use serde::{Deserialize, Serialize};

use super::Endpoint;
use super::host_names::Names;
use crate::catalog::Expectation;

/// Services whose public hosts are numbered: `ecs-a-1` beside `ecs-a`.
/// Source: Amazon ECS Developer Guide, "Amazon ECS interface VPC endpoints (AWS PrivateLink)".
const NUMBERED: [&str; 2] = ["ecs-agent", "ecs-telemetry"];

/// A name that is looked up beside a host of the plan.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SideName {
    /// The name.
    pub host: String,
    /// What it is to the host beside which it is looked up.
    pub kind: SideNameKind,
    /// The service of that host.
    pub of_service: String,
    /// That host.
    pub of_host: String,
}

impl SideName {
    /// Whether it tells how the zone of a host was made. A zone that is made for one name of an
    /// endpoint is made for its others too; only a numbered host belongs to no more than one.
    pub fn is_beside(&self, endpoint: &Endpoint, host: &str) -> bool {
        let is_for_all = match self.kind {
            SideNameKind::Apex | SideNameKind::EndpointService => true,
            SideNameKind::Numbered => false,
        };
        self.of_service == endpoint.service
            && (self.of_host == host || (is_for_all && endpoint.hosts.contains(&self.of_host)))
    }
}

/// What a side name is to its host.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SideNameKind {
    /// The name above the wildcard that the host falls under, which the endpoint owns as well.
    Apex,
    /// The endpoint service's name, taken for a host's: `ecr.api` for `api.ecr`.
    EndpointService,
    /// A numbered host, which belongs to no endpoint.
    Numbered,
}

/// The side names of the endpoints that should be private.
pub(super) fn of(endpoints: &[Endpoint], names: &Names<'_>) -> Vec<SideName> {
    let mut found: Vec<SideName> = Vec::new();
    for endpoint in endpoints.iter().filter(|one| one.expectation == Expectation::Private) {
        for host in &endpoint.hosts {
            let beside = [
                apex(endpoint, host).map(|name| (name, SideNameKind::Apex)),
                endpoint_service(endpoint, host, names)
                    .map(|name| (name, SideNameKind::EndpointService)),
                numbered(endpoint, host).map(|name| (name, SideNameKind::Numbered)),
            ];
            for (name, kind) in beside.into_iter().flatten() {
                let is_host = endpoints.iter().any(|other| other.hosts.contains(&name));
                if is_host || found.iter().any(|known| known.host == name) {
                    continue;
                }
                let (of_service, of_host) = (endpoint.service.clone(), host.clone());
                found.push(SideName { host: name, kind, of_service, of_host });
            }
        }
    }
    found
}

/// `dkr.ecr.REGION...`, where the endpoint owns it and `*.dkr.ecr.REGION...`.
fn apex(endpoint: &Endpoint, host: &str) -> Option<String> {
    let is_above = |apex: &str| {
        host.strip_suffix(apex).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
    };
    let wildcards = endpoint.private_dns.iter().filter_map(|name| name.strip_prefix("*."));
    let mut apexes = wildcards.filter(|apex| is_above(apex));
    let apex = apexes.find(|apex| endpoint.private_dns.iter().any(|name| name == apex))?;
    Some(apex.to_owned())
}

/// `ecr.api.REGION...`: who makes a zone by hand takes the last part of the endpoint service's name
/// for the host's.
fn endpoint_service(endpoint: &Endpoint, host: &str, names: &Names<'_>) -> Option<String> {
    let service = &endpoint.service;
    let name = names.regional(service);
    let is_right = endpoint.private_dns.contains(&name)
        || host.strip_prefix(service.as_str()).is_some_and(|rest| rest.starts_with('.'));
    // Without the private names it is not known whether this is one of them.
    (!is_right && !endpoint.private_dns.is_empty()).then_some(name)
}

/// `ecs-a-1.REGION...` beside `ecs-a.REGION...`.
fn numbered(endpoint: &Endpoint, host: &str) -> Option<String> {
    if !NUMBERED.contains(&endpoint.service.as_str()) {
        return None;
    }
    let (first, rest) = host.split_once('.')?;
    Some(format!("{first}-1.{rest}"))
}
