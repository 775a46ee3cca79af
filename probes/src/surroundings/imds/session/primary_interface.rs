//! The primary network interface: its VPC, its subnet and its security groups.

use std::time::Duration;

use ipnet::IpNet;

use super::Session;
use crate::bounded_http::{HttpError, MAX_RANGES, Problem};
use crate::surroundings::forms::{is_mac, is_resource_id};

/// More than an interface can have.
/// Source: Amazon VPC User Guide, "Amazon VPC quotas": security groups per network interface.
const MAX_GROUPS: usize = 16;

/// What the primary interface tells, each by itself.
pub(super) struct NetworkFacts {
    pub(super) vpc_id: Result<String, HttpError>,
    pub(super) vpc_cidrs: Result<Vec<IpNet>, HttpError>,
    pub(super) subnet_cidrs: Result<Vec<IpNet>, HttpError>,
    pub(super) subnet_id: Result<String, HttpError>,
    pub(super) security_group_ids: Result<Vec<String>, HttpError>,
}

impl NetworkFacts {
    fn failed(error: &HttpError) -> Self {
        Self {
            vpc_id: Err(error.clone()),
            vpc_cidrs: Err(error.clone()),
            subnet_cidrs: Err(error.clone()),
            subnet_id: Err(error.clone()),
            security_group_ids: Err(error.clone()),
        }
    }
}

impl Session<'_> {
    /// Everything side by side, once it is known which interface is the primary one.
    /// Source: Amazon EC2 User Guide, "Instance metadata categories".
    pub(super) async fn network(
        &self,
        mac: Result<String, HttpError>,
        limit: Duration,
    ) -> NetworkFacts {
        let mac = match mac {
            Ok(mac) if is_mac(&mac) => mac,
            Ok(other) => return NetworkFacts::failed(&self.wrong("meta-data/mac", &other)),
            Err(error) => return NetworkFacts::failed(&error),
        };
        let interface = format!("meta-data/network/interfaces/macs/{mac}");
        let path = |name: &str| format!("{interface}/{name}");
        let (vpc, vpc_v4, vpc_v6, subnet, subnet_v4, subnet_v6, groups) = (
            path("vpc-id"),
            path("vpc-ipv4-cidr-blocks"),
            path("vpc-ipv6-cidr-blocks"),
            path("subnet-id"),
            path("subnet-ipv4-cidr-block"),
            path("subnet-ipv6-cidr-blocks"),
            path("security-group-ids"),
        );
        let (vpc_id, vpc_v4, vpc_v6, subnet_id, subnet_v4, subnet_v6, groups) = tokio::join!(
            self.text(&vpc, limit),
            self.cidrs(&vpc_v4, limit),
            self.cidrs(&vpc_v6, limit),
            self.resource_ids(&subnet, "subnet", limit),
            self.cidrs(&subnet_v4, limit),
            self.cidrs(&subnet_v6, limit),
            self.resource_ids(&groups, "sg", limit),
        );
        let none = || self.other_form(&interface, "it tells no range".to_owned());
        NetworkFacts {
            vpc_id,
            vpc_cidrs: both_families(vpc_v4, vpc_v6, none),
            subnet_cidrs: both_families(subnet_v4, subnet_v6, none),
            subnet_id: subnet_id.and_then(|ids| match ids.as_slice() {
                [id] => Ok(id.clone()),
                _ => Err(self.wrong(&subnet, &ids.join(" "))),
            }),
            security_group_ids: groups,
        }
    }

    /// One range a line. 404 means that the VPC has none of that family.
    async fn cidrs(&self, path: &str, limit: Duration) -> Result<Vec<IpNet>, HttpError> {
        match self.text(path, limit).await {
            Ok(text) if text.lines().nth(MAX_RANGES).is_some() => Err(HttpError {
                method: "GET",
                url: self.url(path),
                problem: Problem::TooMany("ranges"),
            }),
            Ok(text) => text
                .lines()
                .map(|line| line.trim().parse().map_err(|_| self.wrong(path, line)))
                .collect(),
            Err(HttpError { problem: Problem::Status(404), .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// One id a line, at least one.
    async fn resource_ids(
        &self,
        path: &str,
        kind: &str,
        limit: Duration,
    ) -> Result<Vec<String>, HttpError> {
        let text = self.text(path, limit).await?;
        let ids: Vec<String> =
            text.lines().take(MAX_GROUPS + 1).map(|line| line.trim().to_owned()).collect();
        let are_well_formed = ids.iter().all(|id| is_resource_id(id, kind));
        match ids.len() {
            1..=MAX_GROUPS if are_well_formed => Ok(ids),
            _ => Err(self.wrong(path, &text)),
        }
    }
}

/// Without the IPv4 ranges the list is not complete, and a wrong judgement worse than none.
fn both_families(
    v4: Result<Vec<IpNet>, HttpError>,
    v6: Result<Vec<IpNet>, HttpError>,
    none: impl Fn() -> HttpError,
) -> Result<Vec<IpNet>, HttpError> {
    let (mut all, v6) = (v4?, v6?);
    all.extend(v6);
    match all.is_empty() {
        false => Ok(all),
        true => Err(none()),
    }
}
