//! What came of a restart.

use serde::{Deserialize, Serialize};

use crate::ecs_agent::EcsAgent;
use crate::findings::{AgentConnection, EcsAgentCheck};
use crate::report::Report;
use crate::surroundings::{AbsenceReason, LaunchType};

/// What came of a restart.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// A new agent is registered and connected as it should be.
    Verified,
    /// It is not, within the time given.
    NotVerified,
    /// The restart stands in line: systemd does it when cloud-init has ended.
    Queued,
    /// The restart was not accepted.
    Failed,
}

impl Outcome {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NotVerified => "not-verified",
            Self::Queued => "queued",
            Self::Failed => "failed",
        }
    }
}

/// What is seen of the agent after a restart, before its connections are looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Seen {
    /// The agent of before, or none at all.
    NotYet,
    /// A new agent, not registered yet.
    New,
    /// A new agent with a container instance ARN.
    Registered,
}

impl Seen {
    /// Compares what was seen before with what is seen now. Where that tells nothing, a restart that
    /// was accepted is believed; one of which that is `doubtful` is not.
    pub fn of(before: Option<&EcsAgent>, now: &EcsAgent, doubtful: bool) -> Self {
        let runs = runs(now);
        let is_another = before.and_then(|before| is_another(before, now)).unwrap_or(!doubtful);
        let arn = now
            .introspection
            .value()
            .and_then(|introspection| introspection.container_instance_arn.as_ref());
        match arn {
            _ if !runs || !is_another => Self::NotYet,
            Some(_) => Self::Registered,
            None => Self::New,
        }
    }
}

fn runs(agent: &EcsAgent) -> bool {
    agent.introspection.value().is_some()
        || agent.process.value().is_some()
        || agent.container.value().is_some_and(|container| container.pid.is_some())
}

/// Whether it was looked for, and does not run.
fn is_stopped(agent: &EcsAgent) -> bool {
    let absences = agent.process.why_missing();
    let no_process = absences.iter().any(|absence| absence.reason == AbsenceReason::NotFound);
    let stopped = agent.container.value().is_some_and(|container| container.pid.is_none());
    (no_process || stopped) && !runs(agent)
}

/// Whether another agent runs than before, by process ids and times of start. None where neither is
/// known of both.
fn is_another(before: &EcsAgent, now: &EcsAgent) -> Option<bool> {
    if is_stopped(before) {
        return Some(runs(now));
    }
    let process = |agent: &EcsAgent| {
        agent.process.value().map(|process| (process.pid, process.started_at.clone()))
    };
    let container = |agent: &EcsAgent| {
        agent.container.value().and_then(|container| {
            Some((container.id.clone(), container.pid?, container.started_at.clone()))
        })
    };
    let by_process = process(before).zip(process(now)).map(|(before, now)| before != now);
    let by_container = container(before).zip(container(now)).map(|(before, now)| before != now);
    by_process.or(by_container)
}

/// Whether the restart did what it is for: the agent is registered and connected to private
/// addresses, or, outside AWS, to those of its endpoints.
pub fn is_verified(report: &Report) -> bool {
    let Some(check) = &report.ecs_agent else { return false };
    check.container_instance_arn.is_some() && is_connected(report, check)
}

fn is_connected(report: &Report, check: &EcsAgentCheck) -> bool {
    if report.surroundings.launch_type.value() != Some(&LaunchType::External) {
        return check.connection == AgentConnection::Private;
    }
    let is_connected =
        !matches!(check.connection, AgentConnection::Disconnected | AgentConnection::Unknown);
    is_connected && check.peers.iter().any(|peer| peer.service.as_deref() == Some("ecs-agent"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs_agent::{AgentContainer, AgentProcess, Introspection};
    use crate::surroundings::{Absence, Fact, Source};

    fn agent(pid: Option<u32>, container: Option<&str>, arn: Option<Option<&str>>) -> EcsAgent {
        let mut agent = EcsAgent::default();
        if let Some(pid) = pid {
            let process = AgentProcess { pid, ..AgentProcess::default() };
            agent.process = Fact::known(process, Source::PROCESSES);
        }
        if let Some(started_at) = container {
            let container = AgentContainer {
                pid: Some(7),
                started_at: Some(started_at.to_owned()),
                ..AgentContainer::default()
            };
            agent.container = Fact::known(container, Source::DOCKER);
        }
        if let Some(arn) = arn {
            let introspection = Introspection {
                container_instance_arn: arn.map(str::to_owned),
                ..Introspection::default()
            };
            agent.introspection = Fact::known(introspection, Source::INTROSPECTION);
        }
        agent
    }

    #[test]
    fn only_another_agent_counts() {
        let before = agent(Some(1), Some("a"), Some(Some("arn")));
        let now = |now: &EcsAgent| Seen::of(Some(&before), now, false);
        assert_eq!(now(&before), Seen::NotYet);
        assert_eq!(now(&EcsAgent::default()), Seen::NotYet);
        assert_eq!(now(&agent(Some(2), None, None)), Seen::New);
        assert_eq!(now(&agent(Some(2), None, Some(None))), Seen::New);
        assert_eq!(now(&agent(Some(2), None, Some(Some("arn")))), Seen::Registered);
        assert_eq!(now(&agent(None, Some("b"), Some(Some("arn")))), Seen::Registered);
        assert_eq!(now(&agent(None, Some("a"), Some(Some("arn")))), Seen::NotYet);
        // Nothing to compare: only the introspection API is seen.
        assert_eq!(now(&agent(None, None, Some(Some("arn")))), Seen::Registered);
        assert_eq!(Seen::of(None, &agent(Some(1), None, None), false), Seen::New);
        let ended = agent(None, None, None);
        assert_eq!(Seen::of(Some(&ended), &before, false), Seen::Registered);
    }

    #[test]
    fn what_is_doubtful_needs_a_change() {
        let before = agent(Some(1), Some("a"), Some(Some("arn")));
        let now = |now: &EcsAgent| Seen::of(Some(&before), now, true);
        assert_eq!(now(&before), Seen::NotYet);
        assert_eq!(now(&agent(None, None, Some(Some("arn")))), Seen::NotYet);
        assert_eq!(now(&agent(Some(2), None, Some(Some("arn")))), Seen::Registered);
        assert_eq!(Seen::of(None, &before, true), Seen::NotYet);
        let unseen = agent(None, None, None);
        assert_eq!(Seen::of(Some(&unseen), &before, true), Seen::NotYet);
        let none = Absence::new(Source::PROCESSES, AbsenceReason::NotFound, "none");
        let stopped = EcsAgent { process: Fact::missing(none), ..EcsAgent::default() };
        assert_eq!(Seen::of(Some(&stopped), &before, true), Seen::Registered);
        assert_eq!(Seen::of(Some(&stopped), &stopped, false), Seen::NotYet);
    }

    #[test]
    fn words_are_those_of_the_json() {
        for outcome in [Outcome::Verified, Outcome::NotVerified, Outcome::Queued, Outcome::Failed] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.word());
        }
    }
}
