//! Waiting for the agent to come back: until it is registered and connected as it should be.

use std::time::{Duration, Instant};

use vpce_probes::ecs_agent::{EcsAgent, EcsAgentOutside, find};
use vpce_probes::report::Report;
use vpce_probes::restart::{Action, Outcome, Seen, is_verified};

use super::act::{Acted, start};
use crate::command::Failure;
use crate::progress::Progress;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Longest pause between two looks at everything.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// After this long a restart that systemd has not begun waits for the end of the boot.
const QUEUE_PATIENCE: Duration = Duration::from_secs(5);

/// What came of a restart.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) outcome: Outcome,
    /// What was seen, in sentences.
    pub(crate) seen: String,
    /// The last look at everything, where there was one.
    pub(crate) after: Option<Report>,
    /// Whether the agent's unit or container had ended, and was started once more.
    pub(crate) started_again: bool,
}

/// Looks until the restart is verified or the time is up. `look` checks everything anew, as the
/// program does without a command: only that tells what the agent is connected to. `doubtful` says
/// that the request may have come to nothing.
pub(crate) async fn verify(
    before: Option<&EcsAgent>,
    action: &Action,
    doubtful: bool,
    outside: &EcsAgentOutside,
    timeout: Duration,
    progress: &mut Progress,
    look: impl AsyncFn() -> Result<Report, Failure>,
) -> Result<Verified, Failure> {
    let started = Instant::now();
    let mut wait = Wait { seen: Seen::NotYet, after: None, started_again: None };
    let mut pause = PAUSE;
    loop {
        progress.show(&wait.in_progress(started.elapsed(), timeout));
        let agent = find(outside).await;
        wait.seen = Seen::of(before, &agent, doubtful);
        if wait.seen == Seen::Registered {
            let report = look().await?;
            let is_verified = is_verified(&report);
            wait.after = Some(report);
            if is_verified {
                return Ok(wait.ended(Outcome::Verified, "The agent is registered and connected."));
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        if is_queued(action, &agent, started.elapsed()) {
            return Ok(wait.ended(
                Outcome::Queued,
                "The restart stands in line: systemd does it when cloud-init has ended.",
            ));
        }
        if let Some(ended) = ended(action, &agent).filter(|_| wait.started_again.is_none()) {
            wait.started_again = Some(ended);
            let done = start(action, outside).await;
            if let Acted::Doubtful(why) | Acted::Refused { why, .. } = done {
                return wait.in_vain(&format!("The agent's {ended} ended, and {why}."), look).await;
            }
        }
        if started.elapsed() + pause > timeout {
            let words = wait.seen_in_vain(timeout);
            return wait.in_vain(&words, look).await;
        }
        tokio::time::sleep(pause).await;
    }
}

/// What is known so far.
struct Wait {
    seen: Seen,
    after: Option<Report>,
    /// What had ended and was started again: the unit or the container.
    started_again: Option<&'static str>,
}

impl Wait {
    fn ended(self, outcome: Outcome, seen: &str) -> Verified {
        let again = self
            .started_again
            .map(|ended| format!(" Its {ended} had ended, and was started again."))
            .unwrap_or_default();
        Verified {
            outcome,
            seen: format!("{seen}{again}"),
            after: self.after,
            started_again: self.started_again.is_some(),
        }
    }

    /// A last look, so that there is something to go by.
    async fn in_vain(
        mut self,
        words: &str,
        look: impl AsyncFn() -> Result<Report, Failure>,
    ) -> Result<Verified, Failure> {
        let report = look().await?;
        let is_verified = self.seen == Seen::Registered && is_verified(&report);
        self.after = Some(report);
        match is_verified {
            true => Ok(self.ended(Outcome::Verified, "The agent is registered and connected.")),
            false => Ok(self.ended(Outcome::NotVerified, words)),
        }
    }

    fn seen_in_vain(&self, timeout: Duration) -> String {
        let timeout = timeout.as_secs_f64();
        match self.seen {
            Seen::NotYet => format!("No new agent was seen within {timeout:.0} s."),
            Seen::New => {
                format!("A new agent runs, but was not registered within {timeout:.0} s.")
            }
            Seen::Registered => format!(
                "The new agent is registered, but was not connected as it should be within {timeout:.0} s."
            ),
        }
    }

    fn in_progress(&self, elapsed: Duration, timeout: Duration) -> String {
        let words = match self.seen {
            Seen::NotYet => "no new agent yet",
            Seen::New => "the agent runs, not registered yet",
            Seen::Registered => "the agent is registered, not connected as it should be yet",
        };
        format!(
            "restarted, {:.0} s of {:.0} s: {words}",
            elapsed.as_secs_f64(),
            timeout.as_secs_f64()
        )
    }
}

/// Whether systemd holds the restart back, as it does until cloud-init has ended.
fn is_queued(action: &Action, agent: &EcsAgent, elapsed: Duration) -> bool {
    let waits = agent.unit.value().is_some_and(|unit| unit.job_waits);
    let does_not_wait = matches!(action, Action::Systemd { block: false, .. });
    does_not_wait && waits && elapsed >= QUEUE_PATIENCE
}

/// What has ended for good after a restart, and will not start by itself: the unit, or the container.
fn ended(action: &Action, agent: &EcsAgent) -> Option<&'static str> {
    match action {
        Action::Systemd { .. } => {
            let unit = agent.unit.value()?;
            let has_ended = matches!(unit.active_state.as_str(), "inactive" | "failed");
            (has_ended && !unit.job_waits).then_some("unit")
        }
        Action::Docker { container: id, .. } => {
            let container = agent.container.value().filter(|container| container.id == *id)?;
            let has_ended = matches!(container.state.as_str(), "created" | "exited" | "dead");
            has_ended.then_some("container")
        }
    }
}

#[cfg(test)]
mod tests {
    use vpce_probes::ecs_agent::{AgentContainer, AgentUnit};
    use vpce_probes::surroundings::{Fact, Source};

    use super::*;

    fn agent(active_state: &str, job_waits: bool) -> EcsAgent {
        let unit = AgentUnit {
            name: "ecs.service".to_owned(),
            active_state: active_state.to_owned(),
            job_waits,
            ..AgentUnit::default()
        };
        EcsAgent { unit: Fact::known(unit, Source::SYSTEMD), ..EcsAgent::default() }
    }

    fn systemd(block: bool) -> Action {
        Action::Systemd { unit: "ecs.service".to_owned(), block }
    }

    fn docker() -> Action {
        Action::Docker { container: "id".to_owned(), grace_s: 10 }
    }

    #[test]
    fn a_unit_that_ended_is_told_from_one_that_waits() {
        assert_eq!(ended(&systemd(true), &agent("inactive", false)), Some("unit"));
        assert_eq!(ended(&systemd(true), &agent("failed", false)), Some("unit"));
        assert_eq!(ended(&systemd(true), &agent("inactive", true)), None);
        assert_eq!(ended(&systemd(true), &agent("activating", false)), None);
        assert_eq!(ended(&docker(), &agent("inactive", false)), None);
        assert_eq!(ended(&systemd(true), &EcsAgent::default()), None);
    }

    #[test]
    fn a_container_that_ended_is_told_from_one_that_starts() {
        let seen = |id: &str, state: &str| {
            let (id, state) = (id.to_owned(), state.to_owned());
            let container = AgentContainer { id, state, ..AgentContainer::default() };
            let container = Fact::known(container, Source::DOCKER);
            EcsAgent { container, ..EcsAgent::default() }
        };
        for state in ["created", "exited", "dead"] {
            assert_eq!(ended(&docker(), &seen("id", state)), Some("container"), "{state}");
            assert_eq!(ended(&docker(), &seen("another", state)), None);
            assert_eq!(ended(&systemd(true), &seen("id", state)), None);
        }
        for state in ["running", "restarting", "paused", "removing", "unknown"] {
            assert_eq!(ended(&docker(), &seen("id", state)), None, "{state}");
        }
    }

    #[test]
    fn only_what_systemd_holds_back_is_queued() {
        let (soon, late) = (Duration::from_secs(1), QUEUE_PATIENCE);
        assert!(is_queued(&systemd(false), &agent("inactive", true), late));
        assert!(!is_queued(&systemd(false), &agent("inactive", true), soon));
        assert!(!is_queued(&systemd(false), &agent("active", false), late));
        assert!(!is_queued(&systemd(true), &agent("inactive", true), late));
    }
}
