//! What a restart reports.

use serde::{Deserialize, Serialize};

use super::decision::{Action, Decision, Refusal};
use super::outcome::Outcome;
use crate::findings::{Code, EcsAgentCheck, Finding};
use crate::report::{Report, SCHEMA_VERSION};
use crate::status::Status;

/// What `vpce-probe agent restart --json` prints.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RestartReport {
    /// Version of this form: `1.0`.
    pub schema_version: String,
    /// `pass` when the restart helped or the agent is well without one, `warn` when the restart stands
    /// in line, or there is nothing to do and yet the agent is not known to be well, `fail` when the
    /// restart was refused or did not help.
    pub status: Status,
    /// What was decided.
    pub decision: DecisionWord,
    /// Why, in sentences.
    pub reason: String,
    /// Why nothing was done, and what to do instead, where the restart was refused.
    pub refusal: Option<Refusal>,
    /// How the agent is restarted, where it is.
    pub action: Option<Action>,
    /// What stood against the restart, and was overridden by force.
    pub overridden: Vec<String>,
    /// Whether it was only asked what would be done.
    pub dry_run: bool,
    /// What came of the restart, where one was made.
    pub outcome: Option<Outcome>,
    /// What was seen afterwards, in sentences.
    pub seen: Option<String>,
    /// The agent before.
    pub before: Option<EcsAgentCheck>,
    /// The agent afterwards, where a restart was made.
    pub after: Option<EcsAgentCheck>,
    /// Whether its unit or container had ended after the restart, and was started once more.
    pub started_unit_again: bool,
    /// How long it all took.
    pub elapsed_ms: f64,
    /// What was found before: the findings that `vpce-probe` reports of these endpoints.
    pub findings: Vec<Finding>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DecisionWord {
    /// The agent stays as it is, as a restart would not help.
    NothingToDo,
    /// The agent stays as it is, and somebody should look at it.
    Refused,
    /// The agent is restarted.
    Act,
}

impl DecisionWord {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::NothingToDo => "nothing-to-do",
            Self::Refused => "refused",
            Self::Act => "act",
        }
    }
}

impl RestartReport {
    /// What is known when the decision is made. `before` is none where it was made without looking.
    pub fn new(before: Option<&Report>, decision: Decision, dry_run: bool) -> Self {
        let mut report = Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            status: Status::Pass,
            decision: DecisionWord::NothingToDo,
            reason: String::new(),
            refusal: None,
            action: None,
            overridden: Vec::new(),
            dry_run,
            outcome: None,
            seen: None,
            before: before.and_then(|before| before.ecs_agent.clone()),
            after: None,
            started_unit_again: false,
            elapsed_ms: 0.0,
            findings: before.map(|before| before.findings.clone()).unwrap_or_default(),
        };
        match decision {
            Decision::NothingToDo { why, is_well } => {
                report.status = if is_well { Status::Pass } else { Status::Warn };
                report.reason = why;
            }
            Decision::Refused(refusal) => {
                report.status = Status::Fail;
                report.decision = DecisionWord::Refused;
                report.reason.clone_from(&refusal.why);
                report.refusal = Some(refusal);
            }
            Decision::Act { action, overridden } => {
                report.decision = DecisionWord::Act;
                report.reason = why_restarted(before);
                report.action = Some(action);
                report.overridden = overridden;
            }
        }
        report
    }

    /// Adds what came of the restart.
    pub fn ended(&mut self, outcome: Outcome, seen: impl Into<String>) {
        self.outcome = Some(outcome);
        self.seen = Some(seen.into());
        self.status = match outcome {
            Outcome::Verified => Status::Pass,
            Outcome::Queued => Status::Warn,
            Outcome::NotVerified | Outcome::Failed => Status::Fail,
        };
    }
}

fn why_restarted(before: Option<&Report>) -> String {
    let check = before.and_then(|before| before.ecs_agent.as_ref());
    match check {
        Some(check) if check.codes.contains(&Code::EcsAgentStale) => {
            "The agent is connected to public addresses although the endpoints are there."
        }
        Some(check) if check.codes.contains(&Code::EcsAgentDisconnected) => {
            "The agent is not connected."
        }
        Some(check) if check.codes.contains(&Code::EcsAgentNotRunning) => "The agent does not run.",
        _ => "A restart was asked for.",
    }
    .to_owned()
}
