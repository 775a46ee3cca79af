//! HTTP to services of this machine and its link: bounded in time and size, never through a proxy,
//! never to a host name.

mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
#[cfg(any(test, feature = "fuzzing"))]
mod script;
mod shown;

use std::future::pending;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Method, Response, Url};
use serde_json::Value;

use self::error::problem_of;
pub(crate) use self::error::{HttpError, Problem};
pub(crate) use self::shown::without_secrets;
use crate::again::first_of;
use crate::bounded_json;

/// Bytes of an answer that tells of many containers: hundreds of them stay below it.
pub(crate) const LONG_ANSWER: usize = 1024 * 1024;

/// Bytes of any other answer. Several are on their way at once, and each may have been asked for
/// again.
pub(crate) const SHORT_ANSWER: usize = 64 * 1024;

/// More networks than a task, and more ranges than a VPC, ever has.
pub(crate) const MAX_RANGES: usize = 64;

/// How often a request is made, while no answer comes. Each time takes a connection of its own, whose
/// every packet may be lost, and the kernel sends hardly one again before the limit.
const TIMES: usize = 5;

/// What part of the limit lies between two of them: the last still has half of it.
const PAUSE: u32 = 8;

/// What a service answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The body, whole.
    pub(crate) body: Vec<u8>,
    /// The `Date` header.
    pub(crate) date: Option<String>,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) url: &'a str,
    pub(crate) header: Option<(&'static str, &'a str)>,
    pub(crate) limit: Duration,
    /// The bytes that its answer may have.
    pub(crate) most: usize,
}

/// HTTP client for services that are asked by IP address, or over one Unix socket.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    client: Client,
    over_socket: bool,
    #[cfg(any(test, feature = "fuzzing"))]
    script: Option<script::Script>,
}

impl HttpClient {
    /// A client, or a text that says why there can be none.
    pub(crate) fn new() -> Result<Self, String> {
        Self::build(builder(), false)
    }

    /// A client for the service behind a Unix socket, whatever the host of the address.
    pub(crate) fn over_socket(path: &Path) -> Result<Self, String> {
        Self::build(builder().unix_socket(path), true)
    }

    fn build(builder: ClientBuilder, over_socket: bool) -> Result<Self, String> {
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self {
            client,
            over_socket,
            #[cfg(any(test, feature = "fuzzing"))]
            script: None,
        })
    }

    /// The answer with status 200 to one request, complete within its limit. What is late is asked
    /// again beside it, so this is only for what may be asked twice.
    pub(crate) async fn ask(&self, request: Request<'_>) -> Result<Answer, HttpError> {
        let answered = async {
            let built = self.build_request(request)?;
            let again = || {
                let (client, built) = (self.clone(), built.try_clone());
                async move {
                    match built {
                        Some(built) => client.once(built, request.most).await,
                        None => pending().await,
                    }
                }
            };
            let pauses = [request.limit / PAUSE; TIMES - 1];
            first_of(again(), pauses, again, counts).await.result
        };
        within(request.limit, answered).await.map_err(|problem| HttpError {
            method: request.method,
            url: without_secrets(request.url),
            problem,
        })
    }

    /// The answer to one request, whatever its status, complete within its limit.
    pub(crate) async fn answer(&self, request: Request<'_>) -> Result<Answer, Problem> {
        let answered = async {
            let built = self.build_request(request)?;
            complete(self.execute(built).await?, request.most).await
        };
        within(request.limit, answered).await
    }

    /// The answer as UTF-8 text.
    pub(crate) async fn text(&self, request: Request<'_>) -> Result<String, HttpError> {
        let answer = self.ask(request).await?;
        utf8(answer.body).map_err(|problem| HttpError {
            method: request.method,
            url: without_secrets(request.url),
            problem,
        })
    }

    /// The answer as JSON, with its `Date` header.
    pub(crate) async fn json(
        &self,
        request: Request<'_>,
    ) -> Result<(Value, Option<String>), HttpError> {
        let answer = self.ask(request).await?;
        let date = answer.date;
        utf8(answer.body)
            .and_then(|text| Ok(bounded_json::parse(&text)?))
            .map(|value| (value, date))
            .map_err(|problem| HttpError {
                method: request.method,
                url: without_secrets(request.url),
                problem,
            })
    }

    fn build_request(&self, request: Request<'_>) -> Result<reqwest::Request, Problem> {
        let url = match self.over_socket {
            true => Url::parse(request.url).map_err(|e| Problem::BadAddress(e.to_string()))?,
            false => literal_http_url(request.url)?,
        };
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| Problem::BadAddress(format!("{} is no HTTP method", request.method)))?;
        let mut builder = self.client.request(method, url);
        if let Some((name, value)) = request.header {
            builder = builder.header(name, value);
        }
        builder.build().map_err(problem_of)
    }

    async fn once(&self, request: reqwest::Request, most: usize) -> Result<Answer, Problem> {
        let response = self.execute(request).await?;
        match response.status().as_u16() {
            200 => complete(response, most).await,
            other => Err(Problem::Status(other)),
        }
    }

    async fn execute(&self, request: reqwest::Request) -> Result<Response, Problem> {
        #[cfg(any(test, feature = "fuzzing"))]
        if let Some(script) = &self.script {
            return Ok(script.answer(request.url()));
        }
        self.client.execute(request).await.map_err(problem_of)
    }
}

/// Whether a later attempt says what the first would. A service that is asked too often says so to the
/// last of them, and may still answer the first.
fn counts(later: &Result<Answer, Problem>) -> bool {
    match later {
        Ok(_) => true,
        Err(Problem::Status(status)) => *status != 429 && *status < 500,
        Err(_) => false,
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        // reqwest obeys HTTP_PROXY unless told otherwise, and a proxy never is the way to a
        // link-local address.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        .dns_resolver(std::sync::Arc::new(NoNames))
        .user_agent(concat!("vpce-probe/", env!("CARGO_PKG_VERSION")))
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(Problem::TimedOut(limit.as_millis())))
}

async fn complete(response: Response, most: usize) -> Result<Answer, Problem> {
    let status = response.status().as_u16();
    let date = response.headers().get("date").and_then(|value| value.to_str().ok());
    let date = date.map(str::to_owned);
    Ok(Answer { status, body: bounded_body(response, most).await?, date })
}

async fn bounded_body(mut response: Response, most: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| match problem_of(error) {
        Problem::NotHttp(_) => Problem::Truncated,
        other => other,
    })? {
        if body.len() + chunk.len() > most {
            return Err(Problem::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Only IP literals: a host name would need a resolver, which is what is being checked.
fn literal_http_url(text: &str) -> Result<Url, Problem> {
    let bad = |why: &str| Problem::BadAddress(why.to_owned());
    let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    match (url.scheme(), literal) {
        ("http", true) => Ok(url),
        ("http", false) => Err(bad("the host is a name")),
        _ => Err(bad("the scheme is not http")),
    }
}

fn utf8(body: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(body).map_err(|_| Problem::NotUtf8)
}

/// Refuses every name, so that getaddrinfo can never run.
struct NoNames;

impl Resolve for NoNames {
    fn resolve(&self, name: Name) -> Resolving {
        let refusal = format!("host names are not resolved here: {}", name.as_str());
        Box::pin(async move { Err::<Addrs, _>(refusal.into()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_to_an_ip_address_is_asked() {
        assert!(literal_http_url("http://169.254.170.2/v4/0123").is_ok());
        assert!(literal_http_url("http://[fd00:ec2::254]/latest/").is_ok());
        for bad in
            ["http://metadata.internal/", "https://169.254.169.254/", "file:///etc/passwd", "", "x"]
        {
            assert!(literal_http_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_later_attempt_that_came_too_often_says_nothing() {
        let status = |status| counts(&Err(Problem::Status(status)));
        assert!(status(401) && status(404));
        assert!(!status(429) && !status(500) && !status(503));
        assert!(!counts(&Err(Problem::Truncated)));
    }
}
