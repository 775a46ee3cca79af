//! Whether the agent runs, answers, is registered and new enough.

use super::view::{AgentView, Listening, Running};
use crate::ecs_agent::{AgentContainer, AgentUnit, AgentVersion};
use crate::findings::finding::Words;
use crate::findings::{Code, Finding};
use crate::plan::AgentPlace;
use crate::status::Severity;
use crate::surroundings::{Absence, AbsenceReason};

pub(super) fn judge(agent: &AgentView<'_>) -> Vec<Finding> {
    let running = match agent.running {
        Running::Yes => running(agent),
        Running::No => not_running(agent),
        Running::Unknown => None,
    };
    [running, too_old(agent), unsupervised(agent), unseen(agent)].into_iter().flatten().collect()
}

fn too_old(agent: &AgentView<'_>) -> Option<Finding> {
    // The requirement is that of the EC2 launch type.
    let version = agent.version.filter(|_| !agent.is_external)?;
    if version >= AgentVersion::FIRST_WITH_ENDPOINTS {
        return None;
    }
    Some(Finding::general(
        Code::EcsAgentTooOld,
        Severity::Fail,
        Words::new(
            format!("the ECS agent has version {version}"),
            format!(
                "Container instances that use VPC endpoints need version {} or later.",
                AgentVersion::FIRST_WITH_ENDPOINTS
            ),
            "Update the agent (aws ecs update-container-agent, or a newer ECS-optimized AMI), which also restarts it.",
        ),
    ))
}

fn running(agent: &AgentView<'_>) -> Option<Finding> {
    match agent.listening {
        Listening::Yes => not_registered(agent),
        Listening::Badly => Some(answer_unusable(agent)),
        Listening::No => Some(not_listening(agent)),
        Listening::Unknown => None,
    }
}

fn not_registered(agent: &AgentView<'_>) -> Option<Finding> {
    let told = agent.seen.introspection.value()?;
    if told.container_instance_arn.is_some() {
        return None;
    }
    if agent.is_young() {
        return Some(starting(
            "the ECS agent was started less than a minute ago and is not registered yet",
        ));
    }
    let cluster = told.cluster.as_deref().unwrap_or("its cluster");
    Some(Finding::general(
        Code::EcsAgentNotRegistered,
        agent.grave(),
        Words::new(
            format!("the answer of {} names no container instance", told.url),
            format!(
                "The ECS agent runs, but ECS does not know this machine as a container instance of {cluster}, so no task is placed here."
            ),
            "If endpoints fail above, mend them first. Then check that the cluster (ECS_CLUSTER in /etc/ecs/ecs.config) exists in this Region, and that the instance's role allows ecs:RegisterContainerInstance; /var/log/ecs/ecs-agent.log names the reason.",
        ),
    ))
}

/// The agent registers before it listens, so that one which does not listen cannot register.
/// Measured with agent 1.105.1: it comes up by itself once the `ecs` endpoint answers.
fn not_listening(agent: &AgentView<'_>) -> Finding {
    if agent.works("ecs") == Some(false) {
        return Finding::general(
            Code::EcsAgentNotListening,
            agent.grave(),
            Words::new(
                "the ECS agent runs, but nothing listens on its port 51678",
                "The agent listens only after it has registered with ECS, and the ecs endpoint does not work: it waits for that.",
                "Mend the ecs endpoint. The agent then goes on by itself within minutes; restarting it changes nothing.",
            ),
        );
    }
    if agent.is_young() {
        return starting(
            "the ECS agent was started less than a minute ago and does not listen yet",
        );
    }
    Finding::general(
        Code::EcsAgentNotRegistered,
        agent.grave().min(Severity::Warn),
        Words::new(
            "the ECS agent runs, but nothing listens on its port 51678",
            "The agent listens only after it has registered with ECS. The ecs endpoint answers, so something else keeps it from registering, or it is about to.",
            "If this lasts for minutes, read /var/log/ecs/ecs-agent.log: usual reasons are an instance role without ecs:RegisterContainerInstance, a cluster that does not exist (ECS_CLUSTER), or a firewall whose certificate the agent does not trust.",
        ),
    )
}

fn answer_unusable(agent: &AgentView<'_>) -> Finding {
    let seen = reasons(agent.seen.introspection.why_missing());
    Finding::general(
        Code::EcsAgentAnswerUnusable,
        Severity::Warn,
        Words::new(
            seen,
            "What answers on port 51678 does not answer as the ECS agent does. Its version and whether it is registered are not known.",
            "Check that the ECS agent is what listens there (ss -ltnp 'sport = :51678'). If it is, and this lasts, its log says why (/var/log/ecs/ecs-agent.log).",
        ),
    )
}

fn not_running(agent: &AgentView<'_>) -> Option<Finding> {
    let unit = agent.unit();
    let is_restarting = unit.is_some_and(|unit| unit.sub_state == "auto-restart");
    let waits = unit.is_some_and(|unit| unit.job_waits)
        || agent.seen.boot_unfinished.value() == Some(&true);
    if waits && !is_restarting {
        let name = unit.map_or("the ECS agent", |unit| unit.name.as_str());
        let is_booting = agent.seen.boot_unfinished.value() == Some(&true);
        return Some(starting(&match is_booting {
            true => format!("{name} is to be started when this machine has finished booting"),
            false => format!("systemd has a job for {name} that is not done yet"),
        }));
    }
    if agent.place == AgentPlace::Perhaps {
        return None;
    }
    let name = agent.unit_name();
    let (meaning, change) = match unit {
        Some(unit) if is_restarting => (
            format!("{} Its unit starts it again and again.", of_unit(unit)),
            format!("Read why it ends: {}.", logs(unit)),
        ),
        Some(unit) => (
            of_unit(unit),
            format!("Start it: systemctl start {name}. If it ends again, {} say why.", logs(unit)),
        ),
        None => by_hand(agent.seen.container.value()),
    };
    Some(Finding::general(
        Code::EcsAgentNotRunning,
        agent.grave(),
        Words::new(
            stopped(agent),
            format!("Without the ECS agent no task is started or stopped here. {meaning}"),
            change,
        ),
    ))
}

/// What a container that no unit owns does by itself, and what somebody has to do.
fn by_hand(container: Option<&AgentContainer>) -> (String, String) {
    match container {
        Some(container) if container.state == "restarting" => (
            "Docker starts it again and again.".to_owned(),
            "Read why it ends: docker logs ecs-agent, and /var/log/ecs/ecs-agent.log.".to_owned(),
        ),
        Some(_) => (
            "Nothing starts it again by itself.".to_owned(),
            "Start it: docker start ecs-agent. Or install ecs-init, which keeps it running.".to_owned(),
        ),
        None => (
            "Nothing starts it here.".to_owned(),
            "Install ecs-init, which starts it and keeps it running; or take /etc/ecs/ecs.config away if this is to be no container instance.".to_owned(),
        ),
    }
}

fn stopped(agent: &AgentView<'_>) -> String {
    let mut words = Vec::new();
    if let Some(unit) = agent.unit() {
        let restarts = unit.restarts.filter(|count| *count > 0);
        let again =
            restarts.map(|count| format!(", started again {count} times")).unwrap_or_default();
        words.push(format!("{} is {} ({}){again}", unit.name, unit.active_state, unit.sub_state));
    }
    if let Some(container) = agent.seen.container.value() {
        let code = container.exit_code.map(|code| format!(", code {code}")).unwrap_or_default();
        words.push(format!("its container is in the state {}{code}", container.state));
    }
    if words.is_empty() {
        words.push("there is no unit, no container and no process of an ECS agent".to_owned());
    }
    words.join(", ")
}

/// Source: amazon-ecs-agent, `agent/sighandlers/exitcodes/exitcodes.go` and
/// `ecs-init/engine/engine.go`.
fn of_unit(unit: &AgentUnit) -> String {
    match (unit.result.as_deref(), unit.exit_status) {
        (_, Some(5)) => "It ended with code 5, an error that it does not recover from by itself.".to_owned(),
        (Some("success"), None) if unit.active_since.is_none() => {
            "It was not started since this machine was booted.".to_owned()
        }
        (Some("success"), _) => "It ended in good order: somebody stopped it. After docker stop, too, its unit ends for good, because ecs-init takes that as wanted.".to_owned(),
        (_, Some(code)) if code != 0 => format!("Its unit ended with code {code}."),
        _ => "Its unit does not run.".to_owned(),
    }
}

/// Where stands why an agent with a unit ended.
fn logs(unit: &AgentUnit) -> String {
    format!("journalctl -u {} and /var/log/ecs/ecs-agent.log", unit.name)
}

/// Measured with a real agent: `docker stop` ends its unit, and `docker start` brings back the
/// container alone.
fn unsupervised(agent: &AgentView<'_>) -> Option<Finding> {
    let unit = agent.unit()?;
    let runs = agent.seen.container.value().is_some_and(|container| container.state == "running");
    let is_over = matches!(unit.active_state.as_str(), "inactive" | "failed") && !unit.job_waits;
    let is_on = !matches!(unit.file_state.as_deref(), Some("disabled" | "masked"));
    if !(runs && is_over && is_on) {
        return None;
    }
    Some(Finding::general(
        Code::EcsAgentUnsupervised,
        Severity::Warn,
        Words::new(
            format!("the container ecs-agent runs, but {} is {}", unit.name, unit.active_state),
            "Nothing starts the agent again when it ends, and the rules with which tasks reach their credentials (169.254.170.2) were taken away when the unit ended. That is what docker stop and docker start leave behind.",
            format!("systemctl restart {}: it takes the container over.", agent.unit_name()),
        ),
    ))
}

/// No right helps against it: the agent was told to keep it to itself.
const UNTOLD_VERSION: &str = "its version, which it does not tell";

/// Said only where the agent has to be: around a task it goes without saying.
fn unseen(agent: &AgentView<'_>) -> Option<Finding> {
    if agent.place != AgentPlace::Here || agent.running == Running::No {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    if agent.running == Running::Unknown {
        words.push("whether the ECS agent runs".to_owned());
    }
    if agent.version.is_none() && agent.listening == Listening::Yes {
        words.push(UNTOLD_VERSION.to_owned());
    }
    // Where the endpoints are not there, that is what matters.
    let matters = agent.running == Running::Yes
        && (agent.has_endpoints() || agent.is_external)
        // What the deadline cut off is said as such.
        && !agent.is_cut_off;
    if let Some(why) = agent.why.as_deref().filter(|_| matters) {
        words.push(format!("where it is connected to: {why}"));
    }
    if words.is_empty() {
        return None;
    }
    let (meaning, change) = if words == [UNTOLD_VERSION] {
        (
            "Everything else about it was looked at.",
            "Check by its image or package that it is 1.25.1 or later: docker image ls amazon/amazon-ecs-agent, or rpm -q ecs-init.",
        )
    } else {
        (
            "The endpoints were checked all the same. Whether the agent uses them is only known from what could be seen of it.",
            "Run vpce-probe as root on the instance itself: sudo vpce-probe agent status.",
        )
    };
    Some(Finding::general(
        Code::EcsAgentUnseen,
        Severity::Info,
        Words::new(format!("not known: {}", words.join("; and ")), meaning, change),
    ))
}

/// Said where the agent was asked for.
pub(super) fn out_of_sight(why: &str) -> Finding {
    Finding::general(
        Code::EcsAgentUnseen,
        Severity::Info,
        Words::new(
            "nothing of the ECS agent can be seen from here",
            why,
            "For an agent on an EC2 instance, run it on the instance itself: sudo vpce-probe agent status.",
        ),
    )
}

/// An agent of which nothing can be demanded yet.
pub(super) fn starting(seen: &str) -> Finding {
    Finding::general(
        Code::EcsAgentStarting,
        Severity::Info,
        Words::new(
            seen,
            "Nothing is wrong yet: the agent usually registers and connects within a minute of its start.",
            "Check again in a minute: vpce-probe agent status.",
        ),
    )
}

fn reasons(absences: &[Absence]) -> String {
    let told = absences.iter().filter(|absence| absence.reason != AbsenceReason::Refused);
    told.map(|absence| absence.detail.as_str()).collect::<Vec<_>>().join("; ")
}
