//! Which endpoints this place needs, and why. Pure: no clock, no network, no environment.

mod agent_place;
pub(crate) mod demand;
mod demanded;
mod egress_check;
mod endpoint;
mod from_text;
mod host_names;
mod place;
mod profile;
pub(crate) mod running_task;
mod selection;
mod side_names;
mod wanted;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::agent_place::{AgentPlace, AgentPlan};
pub use self::demand::{Ask, Demand, ForeignImage, ServiceAsk, TaskNeeds, Unread, UnreadLine};
pub use self::egress_check::EgressCheck;
pub(crate) use self::endpoint::titled;
pub use self::endpoint::{Endpoint, Reason};
pub use self::from_text::{FromText, NamedInText};
pub use self::place::Place;
pub use self::profile::{Profile, profile_of};
pub use self::running_task::running_task;
pub use self::selection::{AgentWish, Selection};
pub use self::side_names::{SideName, SideNameKind};

use self::endpoint::named_host;
use self::host_names::Names;
use self::wanted::Wanted;
use crate::catalog::Catalog;

/// The endpoints to check.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The Region, if it is known.
    pub region: Option<String>,
    /// The partition, if the Region belongs to a known one.
    pub partition: Option<String>,
    /// Whether the Region was known when this program was built. A newer one works all the same.
    pub region_listed: bool,
    /// The profiles that the needs come from.
    pub profiles: Vec<Profile>,
    /// The features that the needs come from.
    pub features: Vec<String>,
    /// The endpoints, in the order in which reports show them.
    pub endpoints: Vec<Endpoint>,
    /// Names that no client asks for, and that show how a zone was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub side_names: Vec<SideName>,
    /// Connections that are made only to learn whether there is another way out; absent when the
    /// caller does not ask for them, or nothing here depends on it. There are none in a partition
    /// of one Region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_checks: Option<Vec<EgressCheck>>,
    /// Whether the ECS agent is looked at; absent when it, or its service, is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_agent: Option<AgentPlan>,
    /// What a person should know about this plan.
    pub notes: Vec<String>,
    /// Images of the task that come from registries without VPC endpoint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_images: Vec<ForeignImage>,
    /// Lines about the task that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<UnreadLine>,
}

impl Plan {
    /// Every host name that is looked up and connected to, without repetition.
    pub fn host_names(&self) -> Vec<&str> {
        let of_endpoints = self.endpoints.iter().flat_map(|endpoint| &endpoint.hosts);
        let of_egress = self.egress_checks.iter().flatten().map(|check| &check.host);
        let mut known = BTreeSet::new();
        let names = of_endpoints.chain(of_egress).map(String::as_str);
        names.filter(|name| known.insert(*name)).collect()
    }
}

const WITHOUT_AGENT: &str = "The ECS agent was not looked at: it may have to start only later.";

/// Makes the plan for a place. The same input always gives the same plan.
pub fn plan(catalog: &Catalog, place: &Place, selection: &Selection) -> Plan {
    let from_text = selection.from_text.as_ref();
    let narrowed = from_text.map(|text| text.narrowed(selection, place.region.as_deref()));
    let selection = narrowed.as_ref().unwrap_or(selection);
    let profiles = selection.profiles_or(place.profile);
    let mut features = selection.features.clone();
    features.extend(selection.task.features());
    let mut seen = BTreeSet::new();
    features.retain(|feature| seen.insert(feature.clone()));
    let partition = place
        .region
        .as_deref()
        .and_then(|region| catalog.partition_of(region))
        .or_else(|| place.partition.as_deref().and_then(|name| catalog.partition(name)));
    let agent = place.ecs_agent.clone().filter(|_| selection.admits("ecs-agent"));
    let is_left_out = selection.ecs_agent == AgentWish::LeftOut;
    let is_missed = is_left_out
        && agent.as_ref().is_some_and(|planned| planned.place != AgentPlace::OutOfSight);
    let mut made = Plan {
        region: place.region.clone(),
        partition: partition.map(|partition| partition.name.clone()),
        region_listed: partition
            .zip(place.region.as_deref())
            .is_some_and(|(partition, region)| partition.lists(region)),
        profiles: profiles.clone(),
        features,
        endpoints: Vec::new(),
        side_names: Vec::new(),
        egress_checks: None,
        ecs_agent: agent.filter(|_| !is_left_out).map(|planned| AgentPlan {
            asked_for: selection.ecs_agent == AgentWish::AskedFor,
            ..planned
        }),
        notes: selection.task.notes.clone(),
        foreign_images: Vec::new(),
        unread: selection.task.unread_in(catalog, selection),
    };
    if is_missed {
        made.notes.push(WITHOUT_AGENT.to_owned());
    }
    if selection.admits("ecr.dkr") {
        made.foreign_images.clone_from(&selection.task.foreign_images);
    }
    if let (Some(region), Some(partition)) = (place.region.as_deref(), partition) {
        let account = place.account.as_deref();
        let names = Names { catalog, region, partition, account, selection };
        let wanted = Wanted { catalog, place, selection, profiles: &profiles, names: &names };
        made.endpoints = wanted.endpoints();
        made.side_names = side_names::of(&made.endpoints, &names);
        made.egress_checks = wanted.egress_checks(&made.endpoints);
    }
    made.endpoints.extend(selection.hosts.iter().map(|host| named_host(host)));
    if let Some(text) = from_text {
        text.add_names(catalog, selection, &mut made);
    }
    made
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
