//! The Docker Engine, asked over its Unix socket.

mod error;
mod inspect;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

pub use self::error::EngineError;
use self::error::EngineProblem;
use self::inspect::told_of;
use super::short::short;
use super::{AgentContainer, AgentProxySetting, CONTAINER_NAME, docker_proxies};
use crate::bounded_http::{Answer, HttpClient, LONG_ANSWER, Problem, Request};
use crate::bounded_json;

/// The Docker Engine behind one Unix socket.
#[derive(Clone, Debug)]
pub struct DockerEngine {
    socket: PathBuf,
    client: HttpClient,
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

    /// An engine that answers with these bytes.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn scripted(bytes: &[u8]) -> Option<Self> {
        let client = HttpClient::scripted_over_socket(bytes)?;
        Some(Self { socket: PathBuf::from("/nonexistent/docker.sock"), client })
    }

    /// The container named `ecs-agent`, whether it runs or not, and the proxy settings in its
    /// environment.
    ///
    /// # Errors
    /// When there is none ([`EngineError::is_not_found`]), when the engine does not answer within
    /// `limit`, and when this user may not ask it ([`EngineError::is_permission_denied`]).
    pub(super) async fn inspect_agent(
        &self,
        limit: Duration,
    ) -> Result<(AgentContainer, Vec<AgentProxySetting>), EngineError> {
        let attempt = "inspect container ecs-agent";
        let path = format!("/containers/{CONTAINER_NAME}/json");
        let answer = self.versioned("GET", &path, attempt, limit).await?;
        let problem = match json(&answer) {
            Ok(document) => match told_of(&document) {
                Some(told) => return Ok(told),
                None => EngineProblem::WrongForm("the container has no Id".to_owned()),
            },
            Err(problem) => EngineProblem::Http(problem),
        };
        Err(self.failed(attempt, problem))
    }

    /// The engine's own proxy settings; none when it does not tell them within `limit`.
    pub(super) async fn proxies(&self, limit: Duration) -> Option<Vec<AgentProxySetting>> {
        let answer = self.request("GET", "/info", "ask for its settings", limit).await.ok()?;
        let document = json(&answer).ok().filter(Value::is_object)?;
        Some(docker_proxies::of_info(&document))
    }

    /// Restarts a container with one request, so that the engine finishes it whatever becomes of this
    /// program. The engine waits for `grace`, in whole seconds, before it kills the container; `limit`
    /// must be longer.
    ///
    /// Engines from 23.0 up to 24.0.6 do not finish it when their client goes away between the stop and
    /// the start. Source: moby, pull request 46688.
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
        let path = format!("{}/restart?t={}", self.container(id, attempt)?, grace.as_secs());
        self.versioned("POST", &path, attempt, limit).await.map(|_| ())
    }

    /// Starts a container, unless it runs.
    ///
    /// # Errors
    /// As [`restart`](Self::restart).
    pub async fn start(&self, id: &str, limit: Duration) -> Result<(), EngineError> {
        let attempt = "start container ecs-agent";
        let path = format!("{}/start", self.container(id, attempt)?);
        match self.versioned("POST", &path, attempt, limit).await {
            Err(error) if !error.is_already_so() => Err(error),
            _ => Ok(()),
        }
    }

    /// The path of a container, whose id comes from an engine and is kept from being anything else.
    fn container(&self, id: &str, attempt: &'static str) -> Result<String, EngineError> {
        let is_usable = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !id.is_empty() && id.bytes().all(is_usable) {
            return Ok(format!("/containers/{id}"));
        }
        let problem = EngineProblem::WrongForm("the container has no usable id".to_owned());
        Err(self.failed(attempt, problem))
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
            // Source: Docker Engine API, `GET /version`.
            Ok(answer) => json(&answer).ok().and_then(|document| api_version(&document)),
            // It answers, so what it says to the request itself counts.
            Err(error) if error.is_refusal() => None,
            Err(error) => return Err(error),
        };
        let prefix = version.map(|version| format!("/v{version}")).unwrap_or_default();
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
        let request = Request { method, url: &url, header: None, limit, most: LONG_ANSWER };
        match self.client.answer(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(answer),
            Ok(answer) => {
                // Source: Docker Engine API, `ErrorResponse`.
                let refusal = json(&answer).ok();
                let message = refusal.and_then(|refusal| short(refusal.get("message")?.as_str()?));
                let status = answer.status;
                Err(self.failed(attempt, EngineProblem::Refusal { status, message }))
            }
            Err(problem) => Err(self.failed(attempt, EngineProblem::Http(problem))),
        }
    }

    fn failed(&self, attempt: &'static str, problem: EngineProblem) -> EngineError {
        EngineError::new(attempt, &self.socket, problem)
    }
}

fn json(answer: &Answer) -> Result<Value, Problem> {
    let text = str::from_utf8(&answer.body).map_err(|_| Problem::NotUtf8)?;
    Ok(bounded_json::parse(text)?)
}

/// `1.41`.
fn api_version(document: &Value) -> Option<String> {
    let version = document.get("ApiVersion")?.as_str()?;
    let is_number = |part: &str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (major, minor) = version.split_once('.')?;
    (is_number(major) && is_number(minor)).then(|| version.to_owned())
}

#[cfg(test)]
mod tests;
