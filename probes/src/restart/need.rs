//! Whether a restart is needed: whether the agent is stale or disconnected.

use super::decision::Refusal;
use super::last_attempt::LastAttempt;
use crate::ecs_agent::{CONTAINER_NAME, EcsAgent};
use crate::findings::{AgentConnection, Code, EcsAgentCheck, Supervision};
use crate::report::Report;
use crate::status::Status;
use crate::surroundings::{AbsenceReason, Fact, LaunchType};
use crate::timestamp::parse_rfc3339;

/// Whether a restart is needed.
pub(super) enum Need {
    Needed,
    /// It is not, or nothing is known that speaks for it.
    NotNeeded {
        why: String,
        /// Whether the agent is as it should be, or on its way there.
        is_well: bool,
    },
    /// It cannot be known for lack of rights.
    Unknowable(Refusal),
}

/// `left_stopped` tells whether the last restart may have left the agent stopped: one that does not
/// run then was not stopped on purpose.
pub(super) fn of(report: &Report, check: &EcsAgentCheck, left_stopped: bool) -> Need {
    let says = |code| check.codes.contains(&code);
    if says(Code::EcsAgentNotRunning) && left_stopped {
        return Need::Needed;
    }
    if says(Code::EcsAgentNotRunning) {
        return not_well(not_running(report, check));
    }
    if says(Code::EcsAgentNotListening) {
        return not_well(
            "The agent runs and waits for the ecs endpoint: it comes up by itself as soon as that answers, and a restart changes nothing.",
        );
    }
    if says(Code::EcsAgentStarting) {
        return well("The agent is starting: give it time.");
    }
    if says(Code::EcsAgentNotRegistered) {
        return not_well(
            "The agent is not registered yet: it goes on trying by itself, and /var/log/ecs/ecs-agent.log says what keeps it.",
        );
    }
    if says(Code::EcsAgentStale) || says(Code::EcsAgentDisconnected) {
        return Need::Needed;
    }
    let is_external = report.surroundings.launch_type.value() == Some(&LaunchType::External);
    match check.connection {
        AgentConnection::Private => connected(check),
        AgentConnection::Public | AgentConnection::Mixed if is_external => {
            well("The agent is connected.")
        }
        AgentConnection::Public | AgentConnection::Mixed => not_well(
            "The agent is connected to public addresses, and not all three ECS endpoints are there for it to use instead: a restart changes nothing before they are.",
        ),
        AgentConnection::Disconnected | AgentConnection::Unknown => unknown(report, check),
    }
}

/// A connected agent needs no restart; that does not mean that all is well with it.
fn connected(check: &EcsAgentCheck) -> Need {
    if check.codes.contains(&Code::EcsAgentUnsupervised) {
        return not_well(
            "The agent is connected to the endpoints, but runs without its unit: vpce-probe agent restart, without --if-needed, gives it back (see VPCE152).",
        );
    }
    if matches!(check.status, Status::Fail | Status::Warn) {
        let codes: Vec<&str> = check.codes.iter().map(|code| code.word()).collect();
        return not_well(format!(
            "The agent is connected to the endpoints. What else is found of it ({}), a restart alone does not mend.",
            codes.join(", ")
        ));
    }
    well("The agent is connected to the endpoints.")
}

/// Whether an agent that does not run may be stopped because of the last restart: nobody saw it help,
/// and the agent was not started since. One that was, was stopped by somebody.
pub(super) fn may_be_left_stopped(last: &LastAttempt, check: &EcsAgentCheck) -> bool {
    let started_at = check.started_at.as_deref().and_then(parse_rfc3339);
    let came_back =
        started_at.zip(parse_rfc3339(&last.at)).is_some_and(|(start, restart)| start >= restart);
    last.in_vain > 0 && !came_back
}

/// Why an agent that does not run is left alone, which need not be that somebody stopped it.
fn not_running(report: &Report, check: &EcsAgentCheck) -> String {
    let seen = report.observations.ecs_agent.as_ref();
    let unit = seen.and_then(|agent| agent.unit.value());
    let container = seen.and_then(|agent| agent.container.value());
    let is_restarting = match unit {
        Some(unit) => unit.sub_state == "auto-restart",
        None => container.is_some_and(|container| container.state == "restarting"),
    };
    if is_restarting {
        return "The agent ends as often as it is started, which a restart does not mend: /var/log/ecs/ecs-agent.log says why.".to_owned();
    }
    let start = start_command(&check.supervision);
    if unit.is_some_and(|unit| unit.active_state == "failed") {
        return format!(
            "The agent failed, and nothing starts it again by itself: /var/log/ecs/ecs-agent.log says why, and {start} starts it once that is mended."
        );
    }
    format!("The agent does not run, and may have been stopped on purpose: {start} starts it.")
}

/// Whether nothing but a missing connection speaks for a restart.
pub(super) fn is_only_disconnected(check: &EcsAgentCheck) -> bool {
    let says = |code| check.codes.contains(&code);
    says(Code::EcsAgentDisconnected)
        && !says(Code::EcsAgentStale)
        && !says(Code::EcsAgentNotRunning)
}

/// Whether any source saw something of an agent.
pub(super) fn is_anything_seen(report: &Report) -> bool {
    let answers_badly = report
        .ecs_agent
        .as_ref()
        .is_some_and(|check| check.codes.contains(&Code::EcsAgentAnswerUnusable));
    answers_badly
        || report.observations.ecs_agent.as_ref().is_some_and(|agent| {
            agent.introspection.value().is_some()
                || agent.container.value().is_some()
                || agent.unit.value().is_some()
                || agent.process.value().is_some()
        })
}

/// What the user of this program may not ask, in words.
pub(super) fn denied(seen: Option<&EcsAgent>) -> Vec<String> {
    let Some(seen) = seen else { return Vec::new() };
    let all = [
        denied_of(&seen.connections),
        denied_of(&seen.container),
        denied_of(&seen.unit),
        denied_of(&seen.process),
    ];
    let mut denied = Vec::new();
    for detail in all.into_iter().flatten() {
        if !denied.contains(&detail) {
            denied.push(detail);
        }
    }
    denied
}

/// Why a fact is missing, where that is for lack of rights.
pub(super) fn denied_of<T>(fact: &Fact<T>) -> Option<String> {
    fact.why_missing()
        .iter()
        .find(|absence| absence.reason == AbsenceReason::NotPermitted)
        .map(|absence| absence.detail.clone())
}

fn start_command(supervision: &Supervision) -> String {
    match supervision {
        Supervision::Unit { name } => format!("systemctl start {name}"),
        Supervision::Nobody => format!("docker start {CONTAINER_NAME}"),
        Supervision::Unknown { .. } => "systemctl start ecs".to_owned(),
    }
}

fn well(why: &str) -> Need {
    Need::NotNeeded { why: why.to_owned(), is_well: true }
}

fn not_well(why: impl Into<String>) -> Need {
    Need::NotNeeded { why: why.into(), is_well: false }
}

fn unknown(report: &Report, check: &EcsAgentCheck) -> Need {
    let denied = denied(report.observations.ecs_agent.as_ref());
    if !denied.is_empty() {
        return Need::Unknowable(Refusal::not_permitted(&denied));
    }
    let why = check.why.as_deref().map(|why| format!(": {}", why.trim_end_matches('.')));
    not_well(format!(
        "It cannot be known what the agent is connected to{}.",
        why.unwrap_or_default()
    ))
}
