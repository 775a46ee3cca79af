//! Looking at the ECS agent, where the plan says that there is one to look at.

use std::collections::BTreeMap;
use std::time::Instant;

use vpce_probes::ecs_agent::{EcsAgent, EcsAgentOutside, find, look_at_connections};
use vpce_probes::observation::HostObservation;
use vpce_probes::observe::Budget;
use vpce_probes::plan::{AgentPlace, Plan};
use vpce_probes::surroundings::Surroundings;

use crate::cli::AgentArgs;

/// Where the agent is looked for; `None` where it is out of sight, or was left out.
pub(super) fn outside(
    args: &AgentArgs,
    environment: &BTreeMap<String, String>,
    surroundings: &Surroundings,
    plan: &Plan,
    budget: &Budget,
) -> Option<EcsAgentOutside> {
    let place = plan.ecs_agent.as_ref()?.place;
    if place == AgentPlace::OutOfSight {
        return None;
    }
    let mut outside = EcsAgentOutside::usual(environment);
    outside.limit = budget.metadata;
    // From a container in a network of its own, the instance is the gateway. An instance's own
    // gateway is a router, which never answers.
    outside.ask_gateways = place == AgentPlace::Around
        || (place == AgentPlace::Perhaps && surroundings.launch_type.value().is_none());
    if let Some(endpoint) = &args.agent_endpoint {
        outside.introspection = vec![endpoint.clone()];
        outside.ask_gateways = false;
    }
    if let Some(socket) = &args.docker_socket {
        outside.docker_socket.clone_from(socket);
    }
    if let Some(dir) = &args.agent_log_dir {
        outside.log_dir.clone_from(dir);
    }
    Some(outside)
}

/// Everything that can be seen of the agent but its connections; `None` when the deadline comes
/// first.
pub(super) async fn found(outside: Option<&EcsAgentOutside>, until: Instant) -> Option<EcsAgent> {
    tokio::time::timeout_at(until.into(), find(outside?)).await.ok()
}

/// Adds its connections. They are read after the names are resolved, so that it is known which one
/// to wait for.
pub(super) async fn connected(
    outside: Option<&EcsAgentOutside>,
    agent: &mut Option<EcsAgent>,
    plan: &Plan,
    hosts: &[HostObservation],
    until: Instant,
) {
    let (Some(outside), Some(agent)) = (outside, agent.as_mut()) else { return };
    let control = plan.endpoints.iter().filter(|endpoint| endpoint.service == "ecs-agent");
    let names: Vec<&String> = control.flat_map(|endpoint| &endpoint.hosts).collect();
    let of_control = hosts.iter().filter(|host| names.contains(&&host.host));
    let expected: Vec<_> =
        of_control.flat_map(|host| &host.addresses).map(|seen| seen.address).collect();
    look_at_connections(outside, agent, &expected, until).await;
}
