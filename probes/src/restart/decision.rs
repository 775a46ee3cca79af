//! What is asked, and what comes out of deciding.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the caller wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wish {
    /// Only when the agent is stale or disconnected.
    pub if_needed: bool,
    /// Also when the endpoints are not as they should be. Overrides nothing else.
    pub force: bool,
    /// Shortest time between two attempts, doubled with each in a row that did not help.
    pub interval: Duration,
}

/// What is done about a restart, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// The agent stays as it is, as a restart would not help.
    NothingToDo {
        /// Why, in sentences.
        why: String,
        /// Whether the agent is well, or none of this program's business. One that does not run, or
        /// of which nothing is known, is not.
        is_well: bool,
    },
    /// The agent stays as it is, and somebody should look at it.
    Refused(Refusal),
    /// The agent is restarted.
    Act {
        /// How.
        action: Action,
        /// What stood against it, and was overridden by force.
        overridden: Vec<String>,
    },
}

/// Why nothing is done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// Its kind.
    pub kind: RefusalKind,
    /// Why, in sentences.
    pub why: String,
    /// What to do instead.
    pub instead: String,
}

impl Refusal {
    /// A refusal in words.
    pub fn new(kind: RefusalKind, why: impl Into<String>, instead: impl Into<String>) -> Self {
        Self { kind, why: why.into(), instead: instead.into() }
    }

    /// A refusal for missing rights: `denied` says what was asked, and who would have been let in.
    pub fn not_permitted(denied: &[String]) -> Self {
        Self::new(
            RefusalKind::NotPermitted,
            format!("Rights are missing: {}.", denied.join("; ")),
            "Run it as root, or as a user who has the rights named here.",
        )
    }
}

/// Kinds of refusals.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RefusalKind {
    /// The agent is where nothing here can reach it.
    OutOfSight,
    /// No agent is seen.
    NoAgent,
    /// The agent is a program of the host, as on Bottlerocket.
    HostBinary,
    /// The three ECS endpoints are not all as they should be.
    EndpointsNotReady,
    /// The last attempt was too short a time ago.
    TooSoon,
    /// Who owns the agent is not known.
    OwnerUnknown,
    /// The user of this program may not do it.
    NotPermitted,
    /// The file that holds the last attempts is damaged.
    StateDamaged,
    /// The file that holds the last attempts cannot be read or written.
    StateUnusable,
    /// Another run of this program restarts the agent right now.
    Busy,
}

impl RefusalKind {
    /// The word used in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::OutOfSight => "out-of-sight",
            Self::NoAgent => "no-agent",
            Self::HostBinary => "host-binary",
            Self::EndpointsNotReady => "endpoints-not-ready",
            Self::TooSoon => "too-soon",
            Self::OwnerUnknown => "owner-unknown",
            Self::NotPermitted => "not-permitted",
            Self::StateDamaged => "state-damaged",
            Self::StateUnusable => "state-unusable",
            Self::Busy => "busy",
        }
    }
}

/// How the agent is restarted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "way", rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Action {
    /// Through systemd, whose unit owns the agent.
    Systemd {
        /// The unit: `ecs.service`.
        unit: String,
        /// Whether systemctl waits until it is done. While cloud-init runs it must not: the unit
        /// waits for cloud-init, which would wait for this program.
        block: bool,
    },
    /// Through the Docker Engine, in one request, where no unit owns the agent's container.
    Docker {
        /// The container's id.
        container: String,
        /// How long the agent has to end before it is killed, in seconds.
        grace_s: u64,
    },
}

impl fmt::Display for Action {
    /// What is done, so that a person could do it too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Systemd { unit, block: true } => write!(f, "systemctl restart {unit}"),
            Self::Systemd { unit, block: false } => {
                write!(f, "systemctl restart --no-block {unit}")
            }
            Self::Docker { container, grace_s } => {
                let id: String = container.chars().take(12).collect();
                write!(f, "docker restart -t {grace_s} {id}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_read_as_commands() {
        let unit = "ecs.service".to_owned();
        let systemd = Action::Systemd { unit: unit.clone(), block: true };
        assert_eq!(systemd.to_string(), "systemctl restart ecs.service");
        let systemd = Action::Systemd { unit, block: false };
        assert_eq!(systemd.to_string(), "systemctl restart --no-block ecs.service");
        let docker = Action::Docker { container: "0123456789abcdef".to_owned(), grace_s: 10 };
        assert_eq!(docker.to_string(), "docker restart -t 10 0123456789ab");
    }

    #[test]
    fn words_are_those_of_the_json() {
        for reason in [
            RefusalKind::OutOfSight,
            RefusalKind::NoAgent,
            RefusalKind::HostBinary,
            RefusalKind::EndpointsNotReady,
            RefusalKind::TooSoon,
            RefusalKind::OwnerUnknown,
            RefusalKind::NotPermitted,
            RefusalKind::StateDamaged,
            RefusalKind::StateUnusable,
            RefusalKind::Busy,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
        }
    }
}
