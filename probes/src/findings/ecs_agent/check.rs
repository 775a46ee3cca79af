//! The result for the ECS agent.

use serde::{Deserialize, Serialize};

use super::connection::{AgentConnection, AgentPeer};
use super::view::{AgentView, Running, started_at};
use crate::ecs_agent::{AgentVersion, EcsAgent};
use crate::findings::{Code, Finding};
use crate::plan::AgentPlace;
use crate::status::Status;
use crate::surroundings::{Absence, AbsenceReason};

/// The result for the ECS agent. Its status changes the verdict of a run only through findings:
/// what cannot be seen of the agent from a task makes no task unhealthy.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EcsAgentCheck {
    /// The result. `skip` when there seems to be no agent, and none has to be.
    pub status: Status,
    /// How it is run.
    pub shape: Option<AgentShape>,
    /// Who starts it again when it ends.
    pub supervision: Supervision,
    /// Its version.
    pub version: Option<AgentVersion>,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// What it is registered as.
    pub container_instance_arn: Option<String>,
    /// The image of its container.
    pub image: Option<String>,
    /// When it was started last, RFC 3339 in UTC.
    pub started_at: Option<String>,
    /// State of its unit: `active (running)`.
    pub unit_state: Option<String>,
    /// How often systemd or, without a unit, the Docker Engine started it again by itself.
    pub restarts: Option<u64>,
    /// Where its connections to the ECS control plane lead.
    pub connection: AgentConnection,
    /// The other ends of its connections to port 443.
    pub peers: Vec<AgentPeer>,
    /// Why it, or where it is connected to, is not known.
    pub why: Option<String>,
    /// The findings about it.
    pub codes: Vec<Code>,
}

/// How the agent is run.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AgentShape {
    /// A container that ecs-init starts, under a unit of systemd.
    SupervisedContainer,
    /// A container that somebody started by hand.
    HandRunContainer,
    /// A program of the host, as on Bottlerocket.
    HostBinary,
}

impl AgentShape {
    /// How a person would say it.
    pub fn description(self) -> &'static str {
        match self {
            Self::SupervisedContainer => "container under a unit",
            Self::HandRunContainer => "container without a unit",
            Self::HostBinary => "program of the host",
        }
    }
}

/// Who starts the agent again when it ends.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Supervision {
    /// A unit of systemd.
    Unit {
        /// `ecs.service`.
        name: String,
    },
    /// No unit: at most the Docker Engine, by the container's restart policy.
    Nobody,
    /// It cannot be seen from here.
    Unknown {
        /// Why not.
        why: String,
        /// Whether the user of this program lacks the right to see it.
        not_permitted: bool,
    },
}

impl EcsAgentCheck {
    /// Whether there is nothing to do about it: what is not known of an agent is a note.
    pub fn is_note(&self) -> bool {
        matches!(self.status, Status::Unknown | Status::Skip)
    }

    /// The result where nothing was looked at.
    pub(super) fn not_looked_at(why: &str, finding: Option<&Finding>) -> Self {
        Self {
            status: Status::Unknown,
            shape: None,
            supervision: Supervision::Unknown { why: why.to_owned(), not_permitted: false },
            version: None,
            cluster: None,
            container_instance_arn: None,
            image: None,
            started_at: None,
            unit_state: None,
            restarts: None,
            connection: AgentConnection::Unknown,
            peers: Vec::new(),
            why: Some(why.to_owned()),
            codes: finding.map(|finding| finding.code).into_iter().collect(),
        }
    }

    /// The result of these findings.
    pub(super) fn of(agent: &AgentView<'_>, findings: &[Finding]) -> Self {
        let seen = agent.seen;
        let told = seen.introspection.value();
        let container = seen.container.value();
        let unit = seen.unit.value();
        let supervision = supervision(seen);
        let nothing_found = agent.running == Running::Unknown && container.is_none();
        let is_well = match agent.connection {
            AgentConnection::Private => agent.running == Running::Yes,
            // Where no private endpoints are expected, public addresses are right; a Region's names
            // have more of them than one answer holds.
            AgentConnection::Public => agent.is_external,
            _ => false,
        };
        let start = match agent.place {
            _ if is_well => Status::Pass,
            AgentPlace::Perhaps if nothing_found || agent.running == Running::No => Status::Skip,
            _ => Status::Unknown,
        };
        let of_findings = findings
            .iter()
            .map(|finding| finding.severity.status())
            .fold(Status::Pass, Status::worst);
        let mut codes: Vec<Code> = findings.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        Self {
            // What is known to be wrong says more than what is not known.
            status: match of_findings {
                Status::Pass => start,
                status => status,
            },
            shape: shape(seen, &supervision),
            supervision,
            version: agent.version,
            cluster: told.and_then(|told| told.cluster.clone()),
            container_instance_arn: told.and_then(|told| told.container_instance_arn.clone()),
            image: container.map(|container| container.image.clone()),
            started_at: started_at(seen).map(str::to_owned),
            unit_state: unit.map(|unit| format!("{} ({})", unit.active_state, unit.sub_state)),
            restarts: match unit {
                Some(unit) => unit.restarts,
                None => container.and_then(|container| container.restart_count),
            },
            connection: agent.connection,
            peers: agent.peers.clone(),
            why: agent.why.clone().filter(|_| agent.running != Running::No),
            codes,
        }
    }
}

/// A unit that is switched off and does not run owns nothing: somebody runs the agent by hand.
fn supervision(seen: &EcsAgent) -> Supervision {
    if let Some(unit) = seen.unit.value() {
        let is_off = matches!(unit.active_state.as_str(), "inactive" | "failed")
            && matches!(unit.file_state.as_deref(), Some("disabled" | "masked"));
        let runs_all_the_same =
            seen.container.value().is_some_and(|container| container.state == "running");
        return match is_off && runs_all_the_same {
            true => Supervision::Nobody,
            false => Supervision::Unit { name: unit.name.clone() },
        };
    }
    let reasons = seen.unit.why_missing();
    let is = |reason| reasons.iter().any(|absence| absence.reason == reason);
    if is(AbsenceReason::NotFound) {
        return Supervision::Nobody;
    }
    let words: Vec<&str> = reasons.iter().map(|absence| absence.detail.as_str()).collect();
    let not_permitted = is(AbsenceReason::NotPermitted);
    Supervision::Unknown { why: words.join("; "), not_permitted }
}

fn shape(seen: &EcsAgent, supervision: &Supervision) -> Option<AgentShape> {
    let is_container_missing = seen
        .container
        .why_missing()
        .iter()
        .any(|Absence { reason, .. }| *reason == AbsenceReason::NotFound);
    let is_host_binary =
        seen.process.value().is_some_and(|process| process.command.ends_with("/amazon-ecs-agent"));
    match (seen.container.value(), supervision) {
        (None, _) if is_host_binary => Some(AgentShape::HostBinary),
        (Some(_), Supervision::Unit { .. }) => Some(AgentShape::SupervisedContainer),
        (Some(_), Supervision::Nobody) => Some(AgentShape::HandRunContainer),
        (None, Supervision::Unit { .. }) if is_container_missing => {
            Some(AgentShape::SupervisedContainer)
        }
        _ => None,
    }
}
