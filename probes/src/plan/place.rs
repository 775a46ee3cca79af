//! The place that a plan is for.

use super::agent_place::{AgentPlan, agent_plan};
use super::{Profile, TaskNeeds, profile_of};
use crate::surroundings::Surroundings;

/// What is known of the place that the plan is for.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The Region.
    pub region: Option<String>,
    /// The partition's name, where the metadata told it.
    pub partition: Option<String>,
    /// The account id: twelve digits.
    pub account: Option<String>,
    /// The kind of place.
    pub profile: Option<Profile>,
    /// The Fargate platform version: `1.4.0`.
    pub platform_version: Option<String>,
    /// Where the ECS agent is.
    pub ecs_agent: Option<AgentPlan>,
}

impl Place {
    /// The place that the surroundings describe.
    pub fn of(surroundings: &Surroundings) -> Self {
        Self {
            region: surroundings.region.value().cloned(),
            partition: surroundings.partition.value().cloned(),
            account: surroundings.account_id.value().cloned(),
            profile: Some(profile_of(surroundings)),
            platform_version: surroundings.platform_version.value().cloned(),
            ecs_agent: Some(agent_plan(surroundings)),
        }
    }

    /// The same, completed with what the definition of a task tells: the kind of place where the
    /// surroundings do not know theirs, and the platform version.
    pub fn of_task(surroundings: &Surroundings, task: &TaskNeeds) -> Self {
        let mut place = Self::of(surroundings);
        if surroundings.launch_type.value().is_none() {
            place.profile = task.profile.or(place.profile);
        }
        place.platform_version = place.platform_version.or_else(|| task.platform_version.clone());
        place
    }
}
