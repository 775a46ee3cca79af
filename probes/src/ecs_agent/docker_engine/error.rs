//! What went wrong with the Docker Engine.

use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::bounded_http::Problem;
use crate::bounded_read;
use crate::surroundings::{Absence, AbsenceReason, Source};

/// Names of groups. Read as a file: asking the system for them loads libraries into the program.
const GROUPS: &str = "/etc/group";

const MAX_GROUPS_BYTES: u64 = 1024 * 1024;

/// What was asked of the Docker Engine, on which socket, and why it failed.
#[derive(Clone, Debug, Error)]
#[error("cannot {attempt} through the Docker Engine's socket {}{}: {problem}", .socket.display(), .owner.as_deref().unwrap_or_default())]
pub struct EngineError {
    attempt: &'static str,
    socket: PathBuf,
    /// Whose the socket is, where that is what matters.
    owner: Option<String>,
    problem: EngineProblem,
}

#[derive(Clone, Debug, Error)]
pub(super) enum EngineProblem {
    #[error(transparent)]
    Http(Problem),
    #[error("the engine answers with HTTP status {status}{}", said(.message.as_deref()))]
    Refusal { status: u16, message: Option<String> },
    #[error("the answer has another form than documented: {0}")]
    WrongForm(String),
    #[error("no HTTP client: {0}")]
    NoClient(String),
}

fn said(message: Option<&str>) -> String {
    message.map(|message| format!(": {message}")).unwrap_or_default()
}

impl EngineError {
    pub(super) fn new(attempt: &'static str, socket: &Path, problem: EngineProblem) -> Self {
        let not_permitted = matches!(problem, EngineProblem::Http(Problem::NotPermitted(_)));
        let owner = not_permitted.then(|| owner(socket, Path::new(GROUPS))).flatten();
        Self { attempt, socket: socket.to_owned(), owner, problem }
    }

    /// Whether this user may not use the socket, or the engine refuses what it is asked to this user.
    pub fn is_permission_denied(&self) -> bool {
        match &self.problem {
            EngineProblem::Http(Problem::NotPermitted(_)) => true,
            EngineProblem::Refusal { status, .. } => [401, 403].contains(status),
            _ => false,
        }
    }

    /// Whether the engine answers that there is no such container.
    pub fn is_not_found(&self) -> bool {
        matches!(self.problem, EngineProblem::Refusal { status: 404, .. })
    }

    /// Whether no engine is behind the socket: there is no such socket, or nobody listens at it.
    pub fn is_not_there(&self) -> bool {
        matches!(self.problem, EngineProblem::Http(Problem::NoSocket | Problem::Refused))
    }

    /// Whether the engine had nothing to do for it.
    /// Source: Docker Engine API, `POST /containers/{id}/start`.
    pub(super) fn is_already_so(&self) -> bool {
        matches!(self.problem, EngineProblem::Refusal { status: 304, .. })
    }

    /// Whether the engine answered, with another status than success.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.problem, EngineProblem::Refusal { .. })
    }

    /// This error as the reason why the engine gave no fact.
    pub(in crate::ecs_agent) fn absence(&self) -> Absence {
        let reason = match &self.problem {
            _ if self.is_permission_denied() => AbsenceReason::NotPermitted,
            EngineProblem::Http(problem) => match problem {
                // Not the same as an engine that knows of no such container.
                Problem::NoSocket => AbsenceReason::NotAsked,
                other => other.reason(),
            },
            EngineProblem::Refusal { status: 404, .. } => AbsenceReason::NotFound,
            EngineProblem::Refusal { .. } => AbsenceReason::HttpStatus,
            EngineProblem::WrongForm(_) => AbsenceReason::WrongForm,
            EngineProblem::NoClient(_) => AbsenceReason::NotAsked,
        };
        Absence::new(Source::DOCKER, reason, self.to_string())
    }
}

/// ` (of group docker, 998)`.
fn owner(socket: &Path, groups: &Path) -> Option<String> {
    // The directory above may hide it.
    let group = std::fs::metadata(socket).ok()?.gid();
    let mut words = " (of group ".to_owned();
    if let Some(name) = group_name(group, groups) {
        // Writing to a String cannot fail.
        let _ = write!(words, "{name}, ");
    }
    let _ = write!(words, "{group})");
    Some(words)
}

/// Lines: `name:password:number:members`.
fn group_name(number: u32, groups: &Path) -> Option<String> {
    let bytes = bounded_read::read(groups, MAX_GROUPS_BYTES).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let found = fields.nth(1)?.parse() == Ok(number);
        found.then(|| super::super::short::short(name)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_of_a_socket_is_named_as_the_file_names_it() {
        let scratch = crate::ecs_agent::scratch::Scratch::new("groups");
        let groups = scratch.file("group", "root:x:0:\nbroken\ndocker:x:998:ec2-user\n");
        assert_eq!(group_name(998, &groups).as_deref(), Some("docker"));
        assert_eq!(group_name(999, &groups), None);
        let number = std::fs::metadata(&groups).unwrap().gid();
        let words = owner(&groups, Path::new("/nonexistent")).unwrap();
        assert_eq!(words, format!(" (of group {number})"));
        assert_eq!(owner(Path::new("/nonexistent"), &groups), None);
    }

    #[test]
    fn missing_rights_are_told_apart() {
        let error = |problem| EngineError::new("ask", Path::new("/nonexistent.sock"), problem);
        let denied = error(EngineProblem::Http(Problem::NotPermitted("no".to_owned())));
        assert!(denied.is_permission_denied() && !denied.is_not_there());
        assert_eq!(denied.absence().reason, AbsenceReason::NotPermitted);
        let refused = error(EngineProblem::Refusal { status: 403, message: None });
        assert!(refused.is_permission_denied());
        let gone = error(EngineProblem::Http(Problem::NoSocket));
        assert!(gone.is_not_there() && !gone.is_permission_denied());
        assert_eq!(
            gone.to_string(),
            "cannot ask through the Docker Engine's socket /nonexistent.sock: there is no such socket"
        );
    }
}
