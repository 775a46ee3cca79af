//! The Docker Engine, asked over its Unix socket.

mod error;
mod inspect;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use self::error::EngineError;
use self::error::EngineProblem;
use self::inspect::Inspected;
use super::{AgentContainer, AgentProxySetting, CONTAINER_NAME};
use crate::bounded_http::{Answer, HttpClient, Problem, Request};

/// The Docker Engine behind one Unix socket.
#[derive(Clone, Debug)]
pub struct DockerEngine {
    socket: PathBuf,
    client: HttpClient,
}

/// What the engine says when it refuses. Source: Docker Engine API, `ErrorResponse`.
#[derive(Deserialize)]
struct Refusal {
    message: String,
}

/// Source: Docker Engine API, `GET /version`.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "ApiVersion")]
    api_version: Option<String>,
}

impl DockerEngine {
    /// The engine at this socket. Nothing is asked yet.
    ///
    /// # Errors
    /// When the system has no resources for an HTTP client.
    pub fn at(socket: &Path) -> Result<Self, EngineError> {
        HttpClient::over_socket(socket)
            .map(|client| Self { socket: socket.to_owned(), client })
            .map_err(|why| EngineError::new("ask", socket, EngineProblem::NoClient(why)))
    }

    /// The container named `ecs-agent`, whether it runs or not.
    ///
    /// # Errors
    /// When there is none ([`EngineError::is_not_found`]), when the engine does not answer within
    /// `limit`, and when this user may not ask it ([`EngineError::is_permission_denied`]).
    pub async fn agent_container(&self, limit: Duration) -> Result<AgentContainer, EngineError> {
        self.inspect_agent(limit).await.map(|(container, _)| container)
    }

    /// The container named `ecs-agent`, and the proxy settings in its environment.
    pub(super) async fn inspect_agent(
        &self,
        limit: Duration,
    ) -> Result<(AgentContainer, Vec<AgentProxySetting>), EngineError> {
        let attempt = "inspect container ecs-agent";
        let path = format!("/containers/{CONTAINER_NAME}/json");
        let answer = self.versioned("GET", &path, attempt, limit).await?;
        self.json::<Inspected>(&answer, attempt).map(Inspected::told)
    }

    /// Restarts a container with one request, so that the engine finishes it whatever becomes of this
    /// program. The engine waits for `grace`, in whole seconds, before it kills the container; `limit`
    /// must be longer.
    ///
    /// # Errors
    /// When the engine refuses, or does not answer within `limit`. It may restart the container
    /// nevertheless.
    pub async fn restart(
        &self,
        id: &str,
        grace: Duration,
        limit: Duration,
    ) -> Result<(), EngineError> {
        let attempt = "restart container ecs-agent";
        if id.is_empty()
            || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        {
            let problem = EngineProblem::WrongForm("the container has no usable id".to_owned());
            return Err(self.failed(attempt, problem));
        }
        let path = format!("/containers/{id}/restart?t={}", grace.as_secs());
        self.versioned("POST", &path, attempt, limit).await.map(|_| ())
    }

    /// One request to the newest version of the API that the engine has. An engine may refuse what is
    /// older than its own, and one that tells no version is asked without.
    async fn versioned(
        &self,
        method: &'static str,
        path: &str,
        attempt: &'static str,
        limit: Duration,
    ) -> Result<Answer, EngineError> {
        let started = Instant::now();
        let version = match self.request("GET", "/version", attempt, limit).await {
            Ok(answer) => self.json::<Version>(&answer, attempt).ok().and_then(|v| v.api_version),
            // It answers, so what it says to the request itself counts.
            Err(error) if error.is_refusal() => None,
            Err(error) => return Err(error),
        };
        let prefix = version.filter(|text| is_api_version(text));
        let prefix = prefix.map(|version| format!("/v{version}")).unwrap_or_default();
        let rest = limit.saturating_sub(started.elapsed());
        self.request(method, &format!("{prefix}{path}"), attempt, rest).await
    }

    async fn request(
        &self,
        method: &'static str,
        path: &str,
        attempt: &'static str,
        limit: Duration,
    ) -> Result<Answer, EngineError> {
        // The host is any: the socket says where this goes.
        let url = format!("http://docker{path}");
        let request = Request { method, url: &url, header: None, limit };
        match self.client.answer(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(answer),
            Ok(answer) => {
                let refusal = serde_json::from_slice::<Refusal>(&answer.body).ok();
                let message = refusal.and_then(|refusal| super::short::short(&refusal.message));
                let status = answer.status;
                Err(self.failed(attempt, EngineProblem::Refusal { status, message }))
            }
            Err(problem) => Err(self.failed(attempt, EngineProblem::Http(problem))),
        }
    }

    fn json<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        attempt: &'static str,
    ) -> Result<T, EngineError> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let problem = match error.classify() {
                serde_json::error::Category::Data => EngineProblem::WrongForm(error.to_string()),
                _ => EngineProblem::Http(Problem::NotJson(error.to_string())),
            };
            self.failed(attempt, problem)
        })
    }

    fn failed(&self, attempt: &'static str, problem: EngineProblem) -> EngineError {
        EngineError::new(attempt, &self.socket, problem)
    }
}

/// `1.41`.
fn is_api_version(text: &str) -> bool {
    let is_number = |part: &str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

#[cfg(test)]
mod tests;
