//! What went wrong with systemd.

use std::path::PathBuf;

use thiserror::Error;

use crate::ecs_agent::bounded_command::CommandError;
use crate::surroundings::{Absence, AbsenceReason, Source};

/// Exit codes of `systemctl`. Source: `systemctl(1)`, "Exit status".
const NO_PERMISSION: i32 = 4;
const NOT_INSTALLED: i32 = 5;

/// What was asked of systemd, with which tool, and why it failed.
#[derive(Clone, Debug, Error)]
#[error("cannot {attempt} with {}: {problem}", .systemctl.display())]
pub struct SystemdError {
    pub(super) attempt: String,
    pub(super) systemctl: PathBuf,
    pub(super) problem: SystemdProblem,
}

#[derive(Clone, Debug, Error)]
pub(super) enum SystemdProblem {
    #[error("{0}")]
    Command(CommandError),
    #[error("systemd does not run here: {0}")]
    NotRunning(String),
    #[error("this user may not: {0}")]
    NotPermitted(String),
    #[error("there is no such unit: {0}")]
    NoUnit(String),
    #[error("it ended with {}: {words}", code.map_or_else(|| "a signal".to_owned(), |code| format!("code {code}")))]
    Failed { code: Option<i32>, words: String },
    #[error("it does not tell of every unit that it was asked for: {0}")]
    Silent(String),
}

impl SystemdProblem {
    /// What the words mean that systemctl leaves behind, in English.
    pub(super) fn of_words(code: Option<i32>, words: String) -> Self {
        let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
        // Version 219, of Amazon Linux 2, says "Operation not permitted" where systemd does not run.
        let no_bus = says(&["has not been booted with systemd", "Failed to get D-Bus connection"])
            || says(&["Failed to connect to"]) && !says(&["Permission denied"]);
        let not_permitted = says(&[
            "Interactive authentication required",
            "Access denied",
            "Permission denied",
            "Operation not permitted",
        ]);
        if no_bus {
            Self::NotRunning(words)
        } else if code == Some(NO_PERMISSION) || not_permitted {
            Self::NotPermitted(words)
        } else if code == Some(NOT_INSTALLED) || says(&["not found.", "not loaded."]) {
            Self::NoUnit(words)
        } else {
            Self::Failed { code, words }
        }
    }
}

impl SystemdError {
    /// Whether this user may not ask for this.
    pub fn is_permission_denied(&self) -> bool {
        match &self.problem {
            SystemdProblem::NotPermitted(_) => true,
            SystemdProblem::Command(CommandError::NotStarted { not_permitted, .. }) => {
                *not_permitted
            }
            _ => false,
        }
    }

    /// Whether systemd does not run here, or cannot be reached from here.
    pub fn is_not_running(&self) -> bool {
        matches!(self.problem, SystemdProblem::NotRunning(_) | SystemdProblem::Silent(_))
    }

    /// Whether there is no such unit.
    pub fn is_not_found(&self) -> bool {
        matches!(self.problem, SystemdProblem::NoUnit(_))
    }

    /// This error as the reason why systemd gave no fact. Never `NotFound`, which says that there is no
    /// unit of the agent.
    pub(in crate::ecs_agent) fn absence(&self) -> Absence {
        let reason = match &self.problem {
            _ if self.is_permission_denied() => AbsenceReason::NotPermitted,
            _ if self.is_not_running() => AbsenceReason::Unreachable,
            SystemdProblem::Command(CommandError::TimedOut(_)) => AbsenceReason::TimedOut,
            SystemdProblem::Command(CommandError::TooMuch) => AbsenceReason::TooLarge,
            _ => AbsenceReason::Unreadable,
        };
        Absence::new(Source::SYSTEMD, reason, self.to_string())
    }
}
