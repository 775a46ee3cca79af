//! Connections that are made only to learn whether there is another way out.

use serde::{Deserialize, Serialize};

use super::Endpoint;
use super::host_names::Names;
use crate::catalog::{Expectation, Service};

/// Control connections of one run. Each takes a lookup and as long as silence is waited for.
const MAX_CHECKS: usize = 2;

/// A connection that is judged by no rule for endpoints: only whether it can be made matters.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EgressCheck {
    /// The host name.
    pub host: String,
    /// Why it tells something, in one sentence.
    pub why: String,
}

/// Whether the path of this endpoint is one that control connections tell something about.
pub(super) fn is_wanted_for(endpoint: &Endpoint) -> bool {
    endpoint.service == "s3" && endpoint.expectation == Expectation::Gateway
}

/// Amazon S3 in other Regions of the partition: a gateway endpoint leads to that of its own Region
/// only. Regions of the same geography first, as silence is told sooner from near. None, where the
/// partition has one Region.
/// Source: AWS `PrivateLink` Guide, "Gateway endpoints for Amazon S3", Considerations.
pub(super) fn egress_checks(service: &Service, names: &Names<'_>) -> Vec<EgressCheck> {
    let here = names.region;
    let geography = |region: &str| region.split('-').next().map(str::to_owned);
    let others = names.partition.regions.iter().filter(|region| *region != here);
    let (near, far): (Vec<_>, Vec<_>) =
        others.partition(|region| geography(region) == geography(here));
    near.into_iter()
        .chain(far)
        .filter_map(|region| Names { region, ..*names }.of(service, None).hosts.into_iter().next())
        .take(MAX_CHECKS)
        .map(|host| EgressCheck {
            host,
            why: format!(
                "Amazon S3 of another Region, to which no gateway endpoint of {here} leads: if it can be reached, there is another way out."
            ),
        })
        .collect()
}
