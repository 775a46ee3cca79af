//! Where the ECS agent is, seen from this place.

use serde::{Deserialize, Serialize};

use crate::surroundings::{LaunchType, Surroundings};

/// Whether the ECS agent is looked at, and why or why not.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentPlan {
    /// Where it is.
    pub place: AgentPlace,
    /// Why, in one sentence.
    pub reason: String,
    /// Whether the caller asked for it: then what is not known of it does not pass.
    pub asked_for: bool,
}

/// Where the ECS agent is, seen from this place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AgentPlace {
    /// On this machine: without it nothing works here.
    Here,
    /// On the instance around this task, which sees a part of it.
    Around,
    /// Perhaps on this machine.
    Perhaps,
    /// Where this task cannot see it.
    OutOfSight,
}

/// Where the agent is in these surroundings.
pub(super) fn agent_plan(surroundings: &Surroundings) -> AgentPlan {
    let mode = surroundings.network_mode.value().map(String::as_str);
    let (place, reason) = match surroundings.launch_type.value() {
        Some(LaunchType::ContainerInstance) => (
            AgentPlace::Here,
            "A container instance runs the ECS agent, which starts and stops its tasks.",
        ),
        Some(LaunchType::External) => (
            AgentPlace::Here,
            "A machine registered with ECS Anywhere runs the ECS agent, which starts and stops its tasks.",
        ),
        // Source: amazon-ecs-agent, `ecs-init/exec/iptables/iptables.go`: the introspection port is
        // closed to all but the host itself and the bridge.
        Some(LaunchType::Ec2Task) if mode == Some("awsvpc") => (
            AgentPlace::OutOfSight,
            "The ECS agent runs on the instance around this task, and a task of network mode awsvpc has a network of its own: run vpce-probe on the instance, or as a task of network mode host.",
        ),
        Some(LaunchType::Ec2Task) => {
            (AgentPlace::Around, "The ECS agent runs on the instance around this task.")
        }
        Some(LaunchType::FargateTask) => (
            AgentPlace::OutOfSight,
            "AWS runs the ECS agent of a Fargate task, where nothing in the task can see it.",
        ),
        Some(LaunchType::Ec2Instance) => (
            AgentPlace::Perhaps,
            "There is no configuration of an ECS agent, but there may be an agent.",
        ),
        None => (AgentPlace::Perhaps, "It is not known what kind of place this is."),
    };
    AgentPlan { place, reason: reason.to_owned(), asked_for: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surroundings::{Fact, Source};

    fn place(kind: Option<LaunchType>, mode: Option<&str>) -> AgentPlace {
        let mut surroundings = Surroundings::default();
        if let Some(kind) = kind {
            surroundings.launch_type = Fact::known(kind, Source::OPTION);
        }
        if let Some(mode) = mode {
            surroundings.network_mode = Fact::known(mode.to_owned(), Source::TASK_METADATA);
        }
        agent_plan(&surroundings).place
    }

    #[test]
    fn only_some_tasks_see_it() {
        use LaunchType::{ContainerInstance, Ec2Instance, Ec2Task, External, FargateTask};
        assert_eq!(place(Some(Ec2Task), Some("awsvpc")), AgentPlace::OutOfSight);
        assert_eq!(place(Some(Ec2Task), Some("host")), AgentPlace::Around);
        assert_eq!(place(Some(Ec2Task), None), AgentPlace::Around);
        assert_eq!(place(Some(FargateTask), Some("awsvpc")), AgentPlace::OutOfSight);
        assert_eq!(place(Some(ContainerInstance), None), AgentPlace::Here);
        assert_eq!(place(Some(External), None), AgentPlace::Here);
        assert_eq!(place(Some(Ec2Instance), None), AgentPlace::Perhaps);
        assert_eq!(place(None, None), AgentPlace::Perhaps);
    }
}
