//! The catalog of endpoint services: data, in `catalog.toml`, and how it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::built_in::{BuiltInError, built_in};
use crate::region::Partition;

/// Everything the program knows about AWS endpoints, with the documents it comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Where the facts come from, by short id.
    pub documents: BTreeMap<String, Document>,
    /// The partitions, each with its Regions.
    #[serde(rename = "partition")]
    pub partitions: Vec<Partition>,
    /// Words in names that AWS chose for each Region, by placeholder.
    #[serde(default)]
    pub region_words: BTreeMap<String, RegionWords>,
    /// The endpoint services, in the order in which reports show them.
    #[serde(rename = "service")]
    pub services: Vec<Service>,
    /// Who needs which service, and why.
    #[serde(rename = "need")]
    pub needs: Vec<NeedRule>,
}

/// A document that a fact comes from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Document {
    /// Title of the page.
    pub title: String,
    /// Address of the page.
    pub url: String,
}

/// The words that stand for one placeholder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionWords {
    /// The word of each Region.
    pub regions: BTreeMap<String, String>,
    /// The word of all others; without it the name is not known there.
    pub otherwise: Option<String>,
    /// Id of the document.
    pub source: String,
}

impl RegionWords {
    /// The word in a Region, where it is known.
    pub fn word(&self, region: &str) -> Option<&str> {
        self.regions.get(region).or(self.otherwise.as_ref()).map(String::as_str)
    }
}

/// One endpoint service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// The last part of the endpoint service name: `ecs`, `ecr.dkr`, ...
    pub name: String,
    /// Heading under which reports show it.
    pub group: String,
    /// Interface or gateway endpoint.
    pub kind: EndpointKind,
    /// What its names should resolve to.
    pub expectation: Expectation,
    /// Host names that a client resolves, with placeholders.
    pub hosts: Vec<String>,
    /// The private DNS names that the endpoint owns. Empty: not verified.
    pub private_dns: Vec<String>,
    /// What it is used for, in one sentence.
    pub purpose: String,
    /// Id of the document.
    pub source: String,
    /// First part of the endpoint service name, by partition; `com.amazonaws` where not listed.
    #[serde(default)]
    pub service_prefix: BTreeMap<String, String>,
    /// The same for single Regions; it wins over the partition's.
    #[serde(default)]
    pub service_prefix_regions: BTreeMap<String, String>,
    /// Further host names in single Regions.
    #[serde(default)]
    pub extra_hosts: BTreeMap<String, Vec<String>>,
    /// Names that also have IPv6 addresses.
    pub dual_stack: Option<DualStack>,
    /// Names of FIPS 140 endpoints.
    pub fips: Option<Fips>,
    /// Names of FIPS 140 endpoints that also have IPv6 addresses.
    pub fips_dual_stack: Option<Fips>,
    /// Whether an interface endpoint of a VPC in another Region can lead to the service.
    /// Source: AWS PrivateLink Guide, "Cross-Region enabled AWS services".
    #[serde(default)]
    pub cross_region: bool,
    /// `inferred` or `secondary` where the private DNS names do not rest on a primary source.
    pub verified: Option<String>,
}

/// Dual-stack names of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DualStack {
    /// Host names, with placeholders.
    pub hosts: Vec<String>,
    /// Partitions in which these names are known to exist.
    pub partitions: Vec<String>,
    /// What these names should resolve to, where it differs from the service's.
    pub expectation: Option<Expectation>,
    /// What a person should know about them.
    pub note: Option<String>,
}

/// FIPS names of a service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fips {
    /// Host names, with placeholders.
    pub hosts: Vec<String>,
    /// Regions in which these names exist.
    pub regions: Vec<String>,
    /// Regions in which the plain name is itself the FIPS endpoint.
    #[serde(default)]
    pub plain_regions: Vec<String>,
    /// Name of a separate FIPS endpoint service, where one is documented.
    pub endpoint_service: Option<String>,
    /// What these names should resolve to, where it differs from the service's.
    pub expectation: Option<Expectation>,
    /// What a person should know about them.
    pub note: Option<String>,
}

/// One reason for one service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedRule {
    /// The service.
    pub service: String,
    /// Kind of place that needs it; either this or `feature`.
    pub profile: Option<String>,
    /// Feature that needs it; either this or `profile`.
    pub feature: Option<String>,
    /// How much.
    pub need: Need,
    /// Why, in one sentence.
    pub reason: String,
    /// Id of the document.
    pub source: String,
    /// Names to probe for this need instead of the service's own.
    pub hosts: Option<Vec<String>>,
    /// Further names in single Regions.
    #[serde(default)]
    pub extra_hosts: BTreeMap<String, Vec<String>>,
    /// First Fargate platform version that has the need.
    pub min_platform: Option<String>,
    /// Last Fargate platform version that has the need.
    pub max_platform: Option<String>,
    /// Regions, by launch date, that have the need.
    pub regions: Option<LaunchDate>,
    /// What the names should resolve to, where it differs from the service's.
    pub expectation: Option<Expectation>,
    /// What is added to the service's name in reports: `layers`.
    pub label: Option<String>,
}

/// Kind of VPC endpoint.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EndpointKind {
    /// Network interfaces with private addresses in the VPC.
    Interface,
    /// An entry in the route table; names keep their public addresses.
    Gateway,
}

/// What the names of an endpoint should resolve to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Expectation {
    /// Private addresses of an interface endpoint.
    Private,
    /// Public addresses are right: the path matters, not the address.
    Gateway,
    /// Any address that answers.
    Reachable,
}

/// How much an endpoint is needed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Need {
    /// Nice to have; its absence changes no verdict.
    Optional,
    /// Its absence is a warning.
    Recommended,
    /// Its absence is a failure.
    Required,
}

impl Need {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Recommended => "recommended",
            Self::Required => "required",
        }
    }
}

/// Groups of Regions by launch date.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub enum LaunchDate {
    /// Regions on the closed list.
    #[serde(rename = "launched-before-2023-12-23", alias = "launched-before-2024")]
    Older,
    /// All others.
    #[serde(rename = "launched-since-2023-12-23", alias = "launched-since-2024")]
    Newer,
}

/// Why the catalog could not be used.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// The file built into the program is not valid.
    #[error("the built-in catalog of endpoint services cannot be read: {0}")]
    Syntax(#[from] BuiltInError),
}

impl Catalog {
    /// The catalog built into the program.
    ///
    /// # Errors
    /// Only when the file that was compiled in is damaged, which the tests rule out.
    pub fn builtin() -> Result<Self, CatalogError> {
        Ok(built_in!("catalog.toml")?)
    }

    /// The partition whose pattern a Region's name follows.
    pub fn partition_of(&self, region: &str) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.covers(region))
    }

    /// The partition of that name.
    pub fn partition(&self, name: &str) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.name == name)
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The document of that id.
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.get(id)
    }

    /// Every feature that some need names, sorted.
    pub fn features(&self) -> Vec<&str> {
        let mut names: Vec<_> =
            self.needs.iter().filter_map(|need| need.feature.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests;
