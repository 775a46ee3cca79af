//! Rules about the ECS agent.

mod check;
mod connection;
mod connection_rules;
mod life_rules;
mod logged;
mod no_proxy;
mod proxy_rules;
mod view;

pub use self::check::{AgentShape, EcsAgentCheck, Supervision};
pub use self::connection::{AgentConnection, AgentPeer};

use self::view::AgentView;
use super::Finding;
use super::host_view::HostView;
use crate::observation::Observations;
use crate::plan::{AgentPlace, Plan};
use crate::surroundings::Surroundings;

/// The findings about the agent, and its result. Neither where the plan leaves the agent out.
pub(super) fn judge(
    surroundings: &Surroundings,
    plan: &Plan,
    observations: &Observations,
    views: &[HostView<'_>],
) -> (Vec<Finding>, Option<EcsAgentCheck>) {
    let Some(planned) = &plan.ecs_agent else { return (Vec::new(), None) };
    if planned.place == AgentPlace::OutOfSight {
        return (Vec::new(), Some(EcsAgentCheck::not_looked_at(&planned.reason)));
    }
    let Some(seen) = &observations.ecs_agent else {
        let why = "there was no time left to look at it";
        return (Vec::new(), Some(EcsAgentCheck::not_looked_at(why)));
    };
    let mut agent = AgentView::new(surroundings, plan, planned, observations, seen, views);
    let mut findings = life_rules::judge(&agent);
    if let Some(proxied) = proxy_rules::judge(&agent) {
        findings.push(proxied);
        agent.goes_through_a_proxy();
    }
    findings.extend(connection_rules::judge(&agent, &findings));
    let check = EcsAgentCheck::of(&agent, &findings);
    (findings, Some(check))
}

#[cfg(test)]
mod tests;
