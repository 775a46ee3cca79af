//! HTTP to the link-local metadata services: bounded in time and size, never through a proxy,
//! never to a host name.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;
use thiserror::Error;

use super::{Absence, AbsenceReason, Source};

/// More than any metadata document holds: a task document with hundreds of containers stays
/// below it.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// More networks than a task, and more ranges than a VPC, ever has.
pub(super) const MAX_RANGES: usize = 64;

/// What was attempted, on which address, and why it failed.
#[derive(Clone, Debug, Error)]
#[error("{method} {url}: {problem}")]
pub(super) struct MetadataError {
    /// HTTP method.
    pub method: &'static str,
    /// Address that was asked, without query.
    pub url: String,
    /// What went wrong.
    pub problem: Problem,
}

/// What went wrong with a metadata request.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(super) enum Problem {
    /// The address is not an `http` URL with an IP address.
    #[error("not an http address with an IP address: {0}")]
    BadAddress(String),
    /// No answer in time.
    #[error("no answer within {0} ms")]
    TimedOut(u128),
    /// Connection refused.
    #[error("connection refused")]
    Refused,
    /// No route.
    #[error("no route to it: {0}")]
    Unreachable(String),
    /// An HTTP status that is not 200.
    #[error("answered with HTTP status {0}")]
    Status(u16),
    /// The token request got lost although the service answers.
    #[error("the service answers, but the answer to a token request does not arrive")]
    HopLimit,
    /// The connection broke, or the answer was not HTTP.
    #[error("the answer is not usable HTTP: {0}")]
    NotHttp(String),
    /// The answer ended early.
    #[error("the answer ended before its announced length")]
    Truncated,
    /// The answer was too large.
    #[error("the answer is larger than {} KiB", MAX_BODY_BYTES / 1024)]
    TooLarge,
    /// More entries than any real answer has.
    #[error("the answer tells more than {MAX_RANGES} {0}")]
    TooMany(&'static str),
    /// Not UTF-8.
    #[error("the answer is not UTF-8 text")]
    NotUtf8,
    /// Not JSON.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// JSON of another shape, or a text of another form, than documented.
    #[error("the answer has another form than documented: {0}")]
    WrongForm(String),
}

impl MetadataError {
    /// This error as the reason why a source gave no fact.
    pub(super) fn absence(&self, source: Source) -> Absence {
        let reason = match &self.problem {
            Problem::BadAddress(_) | Problem::WrongForm(_) => AbsenceReason::WrongForm,
            Problem::TimedOut(_) => AbsenceReason::TimedOut,
            Problem::Refused => AbsenceReason::Refused,
            Problem::Unreachable(_) => AbsenceReason::Unreachable,
            Problem::Status(401) => AbsenceReason::Unauthorized,
            Problem::Status(403) => AbsenceReason::Disabled,
            Problem::Status(404) => AbsenceReason::NotFound,
            Problem::Status(_) => AbsenceReason::HttpStatus,
            Problem::HopLimit => AbsenceReason::HopLimit,
            Problem::NotHttp(_) => AbsenceReason::NotHttp,
            Problem::Truncated => AbsenceReason::Truncated,
            Problem::TooLarge | Problem::TooMany(_) => AbsenceReason::TooLarge,
            Problem::NotUtf8 => AbsenceReason::NotUtf8,
            Problem::NotJson(_) => AbsenceReason::NotJson,
        };
        Absence::new(source, reason, self.to_string())
    }
}

/// An answer with status 200.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The body, whole.
    pub(super) body: Vec<u8>,
    /// The `Date` header.
    pub(super) date: Option<String>,
}

/// One request to a metadata service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    pub(super) url: &'a str,
    pub(super) header: Option<(&'static str, &'a str)>,
    pub(super) limit: Duration,
}

/// HTTP client for metadata services.
#[derive(Clone, Debug)]
pub(super) struct MetadataClient(Client);

impl MetadataClient {
    /// A client, or a text that says why there can be none.
    pub(super) fn new() -> Result<Self, String> {
        Client::builder()
            // reqwest obeys HTTP_PROXY unless told otherwise, and a proxy never is the way to a
            // link-local address.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .http1_only()
            .dns_resolver(std::sync::Arc::new(NoNames))
            .user_agent(concat!("vpce-probe/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The answer to one request, complete within its limit.
    pub(super) async fn ask(&self, request: Request<'_>) -> Result<Answer, MetadataError> {
        let failed = |problem| MetadataError {
            method: request.method,
            url: without_secrets(request.url),
            problem,
        };
        match tokio::time::timeout(request.limit, self.exchange(request)).await {
            Ok(result) => result.map_err(failed),
            Err(_) => Err(failed(Problem::TimedOut(request.limit.as_millis()))),
        }
    }

    /// The answer as UTF-8 text.
    pub(super) async fn text(&self, request: Request<'_>) -> Result<String, MetadataError> {
        let answer = self.ask(request).await?;
        utf8(answer.body).map_err(|problem| MetadataError {
            method: request.method,
            url: without_secrets(request.url),
            problem,
        })
    }

    /// The answer as JSON, with its `Date` header.
    pub(super) async fn json(
        &self,
        request: Request<'_>,
    ) -> Result<(Value, Option<String>), MetadataError> {
        let answer = self.ask(request).await?;
        let date = answer.date;
        utf8(answer.body)
            .and_then(|text| {
                serde_json::from_str(&text).map_err(|error| Problem::NotJson(error.to_string()))
            })
            .map(|value| (value, date))
            .map_err(|problem| MetadataError {
                method: request.method,
                url: without_secrets(request.url),
                problem,
            })
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Answer, Problem> {
        let url = literal_http_url(request.url)?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| Problem::BadAddress(format!("{} is no HTTP method", request.method)))?;
        let mut builder = self.0.request(method, url);
        if let Some((name, value)) = request.header {
            builder = builder.header(name, value);
        }
        let response = builder.send().await.map_err(problem_of)?;
        if response.status() != StatusCode::OK {
            return Err(Problem::Status(response.status().as_u16()));
        }
        let date =
            response.headers().get("date").and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer { body: bounded_body(response).await?, date })
    }
}

async fn bounded_body(mut response: Response) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| match problem_of(error) {
        Problem::NotHttp(_) => Problem::Truncated,
        other => other,
    })? {
        if body.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Problem::TooLarge);
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

/// The task metadata URL holds an identifier that also opens the credentials path, in whatever form
/// the variable names it: only scheme, host and the name of a known document are shown.
pub(super) fn without_secrets(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else { return "(unreadable address)".to_owned() };
    let origin = parsed.origin().ascii_serialization();
    let path = parsed.path();
    if path == "/" || path.starts_with("/latest/") {
        return format!("{origin}{path}");
    }
    let version = if path.starts_with("/v4/") { "/v4" } else { "" };
    let document = if path.ends_with("/task") { "/task" } else { "" };
    format!("{origin}{version}/...{document}")
}

fn problem_of(error: reqwest::Error) -> Problem {
    // The address may hold the identifier of a task.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut innermost = error.to_string();
    while let Some(current) = cause {
        innermost = current.to_string();
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            match io.kind() {
                std::io::ErrorKind::ConnectionRefused => return Problem::Refused,
                std::io::ErrorKind::HostUnreachable
                | std::io::ErrorKind::NetworkUnreachable
                | std::io::ErrorKind::PermissionDenied
                | std::io::ErrorKind::AddrNotAvailable => {
                    return Problem::Unreachable(io.to_string());
                }
                _ => {}
            }
        }
        cause = current.source();
    }
    Problem::NotHttp(innermost)
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
    fn the_task_identifier_is_not_shown() {
        assert_eq!(
            without_secrets("http://169.254.170.2/v4/0a1b-22/task"),
            "http://169.254.170.2/v4/.../task"
        );
        assert_eq!(
            without_secrets("http://169.254.170.2/v4/0a1b-22"),
            "http://169.254.170.2/v4/..."
        );
        let imds = "http://169.254.169.254/latest/meta-data/mac";
        assert_eq!(without_secrets(imds), imds);
        assert_eq!(without_secrets("http://u:p@10.0.0.1/x?token=1"), "http://10.0.0.1/...");
        for path in ["v3/0a1b", "v4//0a1b/task", "V4/0a1b", "0a1b", "v4/x/0a1b", "/task/0a1b"] {
            let shown = without_secrets(&format!("http://169.254.170.2/{path}"));
            assert!(!shown.contains("0a1b"), "{shown}");
        }
        assert_eq!(without_secrets("::"), "(unreadable address)");
    }
}
