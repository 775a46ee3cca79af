//! The restart itself: one request, which goes on when this program dies.

use std::time::Duration;

use vpce_probes::ecs_agent::{DockerEngine, EcsAgentOutside, EngineError, Systemd, SystemdError};
use vpce_probes::restart::Action;

/// What a container may take to start, beyond what its agent takes to end, and what a unit that has
/// ended may take. The Docker Engine is given
/// that much however little the caller waits: some engines start nothing any more when their client
/// is gone (see [`DockerEngine::restart`]).
const START_LIMIT: Duration = Duration::from_secs(30);

/// How the request went.
#[derive(Debug)]
pub(crate) enum Acted {
    /// It was accepted.
    Accepted,
    /// Something went wrong, and the agent may have been restarted all the same.
    Doubtful(String),
    /// Nothing was done.
    Refused {
        /// Why.
        why: String,
        /// Whether for lack of rights.
        not_permitted: bool,
    },
}

/// Restarts the agent. Waits until that is done, where the action says so: for systemd not longer than
/// `limit`.
pub(crate) async fn act(action: &Action, outside: &EcsAgentOutside, limit: Duration) -> Acted {
    match action {
        Action::Systemd { unit, block } => match Systemd::at(&outside.systemctl) {
            Some(systemd) => by_systemd(systemd.restart(unit, *block, limit).await),
            None => no_systemctl(),
        },
        Action::Docker { container, grace_s } => match DockerEngine::at(&outside.docker_socket) {
            Ok(engine) => {
                let grace = Duration::from_secs(*grace_s);
                by_docker(engine.restart(container, grace, limit.max(grace + START_LIMIT)).await)
            }
            Err(error) => Acted::Refused { why: error.to_string(), not_permitted: false },
        },
    }
}

/// Starts a unit or container that has ended after this restart: however late it is, the agent is not
/// left so. What comes of it is seen by looking.
pub(crate) async fn start(action: &Action, outside: &EcsAgentOutside) -> Acted {
    match action {
        Action::Systemd { unit, .. } => match Systemd::at(&outside.systemctl) {
            Some(systemd) => by_systemd(systemd.start(unit, false, START_LIMIT).await),
            None => no_systemctl(),
        },
        Action::Docker { container, .. } => match DockerEngine::at(&outside.docker_socket) {
            Ok(engine) => by_docker(engine.start(container, START_LIMIT).await),
            Err(error) => Acted::Refused { why: error.to_string(), not_permitted: false },
        },
    }
}

fn by_systemd(done: Result<(), SystemdError>) -> Acted {
    match done {
        Ok(()) => Acted::Accepted,
        Err(error)
            if error.is_permission_denied() || error.is_not_running() || error.is_not_found() =>
        {
            Acted::Refused { why: error.to_string(), not_permitted: error.is_permission_denied() }
        }
        Err(error) => Acted::Doubtful(error.to_string()),
    }
}

fn by_docker(done: Result<(), EngineError>) -> Acted {
    match done {
        Ok(()) => Acted::Accepted,
        Err(error)
            if error.is_permission_denied() || error.is_not_there() || error.is_not_found() =>
        {
            Acted::Refused { why: error.to_string(), not_permitted: error.is_permission_denied() }
        }
        Err(error) => Acted::Doubtful(error.to_string()),
    }
}

fn no_systemctl() -> Acted {
    Acted::Refused { why: "there is no systemctl any more".to_owned(), not_permitted: false }
}
