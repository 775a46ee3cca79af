//! Restarting the ECS agent: whether it may be done, how, and whether it helped. Pure: the report of
//! a run, the caller's wish and what was done before always give the same decision.
//!
//! The agent caches the hosts that it connects to for up to twelve hours, so that endpoints which
//! are created while it runs are used only after a restart. A restart that is done at the wrong
//! moment, too often or in the wrong way leaves the machine without an agent: that is what the
//! rules here are for.

mod decision;
mod gate;
mod history;
mod last_attempt;
mod need;
mod outcome;
mod report;
mod way;

pub use self::decision::{Action, Decision, Refusal, RefusalKind, Wish};
pub use self::history::{Attempt, Attempts, Boot, DamagedHistory};
pub use self::last_attempt::LastAttempt;
pub use self::outcome::{Outcome, Seen, is_verified};
pub use self::report::{DecisionWord, RestartReport};

use self::need::Need;
use crate::findings::{AgentShape, Code, EcsAgentCheck};
use crate::plan::AgentPlace;
use crate::report::Report;
use crate::surroundings::LaunchType;

/// Decides about a restart.
///
/// `last` is the last attempt that still binds, or why it is not known: the history cannot be used
/// then, and nothing is restarted without one.
pub fn decide(
    report: &Report,
    wish: &Wish,
    last: &Result<Option<LastAttempt>, Refusal>,
) -> Decision {
    if let Some(plan) = &report.plan.ecs_agent
        && plan.place == AgentPlace::OutOfSight
    {
        return out_of_sight(report, &plan.reason, wish);
    }
    let Some(check) = report.ecs_agent.as_ref().filter(|_| need::is_anything_seen(report)) else {
        return nothing_seen(report, wish);
    };
    if wish.if_needed {
        let left_stopped = matches!(last, Ok(Some(last)) if need::may_be_left_stopped(last, check));
        match need::of(report, check, left_stopped) {
            Need::Needed => {}
            Need::NotNeeded { why, is_well } => return Decision::NothingToDo { why, is_well },
            Need::Unknowable(refusal) => return Decision::Refused(refusal),
        }
    }
    if check.shape == Some(AgentShape::HostBinary) {
        return Decision::Refused(host_binary());
    }
    restart(report, check, wish, last).unwrap_or_else(Decision::Refused)
}

/// Whether to look again before this is done: an agent that is disconnected, and nothing worse, may be
/// about to connect anew by itself.
pub fn is_to_be_confirmed(report: &Report, wish: &Wish, decision: &Decision) -> bool {
    let acts = matches!(decision, Decision::Act { .. });
    let check = report.ecs_agent.as_ref();
    acts && wish.if_needed && check.is_some_and(need::is_only_disconnected)
}

/// What is done to an agent that is to be restarted, unless something stands against it.
fn restart(
    report: &Report,
    check: &EcsAgentCheck,
    wish: &Wish,
    last: &Result<Option<LastAttempt>, Refusal>,
) -> Result<Decision, Refusal> {
    let troubles = gate::troubles(report);
    if !troubles.is_empty() && !wish.force {
        return Err(gate::refusal(report, &troubles));
    }
    if let Some(last) = last.as_ref().map_err(Refusal::clone)? {
        last.leaves_room_for(wish.interval)?;
    }
    let action = way::of(report, check)?;
    Ok(Decision::Act { action, overridden: troubles })
}

fn out_of_sight(report: &Report, why: &str, wish: &Wish) -> Decision {
    if wish.if_needed {
        return Decision::NothingToDo { why: why.to_owned(), is_well: true };
    }
    let instead = match report.surroundings.launch_type.value() {
        Some(LaunchType::FargateTask) => {
            "There is no agent to restart: start a new task, with a new deployment of its service, so that it connects anew."
        }
        _ => "Run vpce-probe agent restart on the instance itself.",
    };
    Decision::Refused(Refusal::new(RefusalKind::OutOfSight, why, instead))
}

fn nothing_seen(report: &Report, wish: &Wish) -> Decision {
    let Some(seen) = &report.observations.ecs_agent else { return not_looked_at(report, wish) };
    let denied = need::denied(Some(seen));
    if !denied.is_empty() {
        return Decision::Refused(Refusal::not_permitted(&denied));
    }
    let why = "No ECS agent is seen here: no process, no container named ecs-agent, no unit of it, and nothing answers on its introspection port.";
    if wish.if_needed {
        let check = report.ecs_agent.as_ref();
        let is_missed = check.is_some_and(|check| check.codes.contains(&Code::EcsAgentNotRunning));
        return Decision::NothingToDo { why: why.to_owned(), is_well: !is_missed };
    }
    let instead = "Run it where the agent runs: on the container instance.";
    Decision::Refused(Refusal::new(RefusalKind::NoAgent, why, instead))
}

fn not_looked_at(report: &Report, wish: &Wish) -> Decision {
    let why = report.ecs_agent.as_ref().and_then(|check| check.why.as_deref());
    let why = why.map(|why| format!(": {}", why.trim_end_matches('.'))).unwrap_or_default();
    let why = format!("The ECS agent was not looked at{why}.");
    if wish.if_needed {
        return Decision::NothingToDo { why, is_well: false };
    }
    let instead = "Try again with a longer --deadline.";
    Decision::Refused(Refusal::new(RefusalKind::NoAgent, why, instead))
}

/// Source: Bottlerocket, `packages/ecs-agent`: the agent is a program of the host under
/// `ecs.service`, which containers cannot reach.
fn host_binary() -> Refusal {
    Refusal::new(
        RefusalKind::HostBinary,
        "The agent is a program of the host itself, as on Bottlerocket, whose units are not for containers to restart.",
        "From the admin container: sudo sheltie systemctl restart ecs. Without one, after its tasks are drained: apiclient reboot.",
    )
}

#[cfg(test)]
mod tests;
