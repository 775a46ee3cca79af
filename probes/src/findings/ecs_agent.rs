//! Rules about the ECS agent.

mod check;
mod connection;
mod connection_rules;
mod life_rules;
mod logged;
mod proxy_rules;
mod view;

pub use self::check::{AgentShape, EcsAgentCheck, Supervision};
pub use self::connection::{AgentConnection, AgentPeer};
pub(super) use self::proxy_rules::{in_force, proxy_for_https};

use self::view::AgentView;
use super::host_view::HostView;
use super::{Finding, deadline_rules};
use crate::observation::Observations;
use crate::plan::{AgentPlace, AgentPlan, Plan};
use crate::surroundings::Surroundings;

/// The findings about the agent, and its result. Neither where the plan leaves the agent out.
pub(super) fn judge(
    surroundings: &Surroundings,
    plan: &Plan,
    observations: &Observations,
    views: &[HostView<'_>],
) -> (Vec<Finding>, Option<EcsAgentCheck>) {
    let Some(planned) = &plan.ecs_agent else { return (Vec::new(), None) };
    let seen = match (&observations.ecs_agent, planned.place) {
        (_, AgentPlace::OutOfSight) => return not_looked_at(planned, &planned.reason),
        (None, AgentPlace::Here) => return not_finished(NO_TIME),
        (None, _) => return not_looked_at(planned, NO_TIME),
        (Some(seen), _) => seen,
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

const NO_TIME: &str = "There was no time left to look at it.";

/// Where nothing works without it, it is as needed as any endpoint.
fn not_finished(why: &str) -> (Vec<Finding>, Option<EcsAgentCheck>) {
    let finding = deadline_rules::agent_unfinished();
    let check = EcsAgentCheck::not_looked_at(why, Some(&finding));
    (vec![finding], Some(check))
}

/// Nobody who did not ask for it has to hear why.
fn not_looked_at(planned: &AgentPlan, why: &str) -> (Vec<Finding>, Option<EcsAgentCheck>) {
    let finding = planned.asked_for.then(|| life_rules::out_of_sight(why));
    let check = EcsAgentCheck::not_looked_at(why, finding.as_ref());
    (finding.into_iter().collect(), Some(check))
}

#[cfg(test)]
mod tests;
