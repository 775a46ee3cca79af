//! What went wrong with a request, and how that is told.

use std::io::{self, ErrorKind};

use thiserror::Error;

use super::MAX_RANGES;
use crate::bounded_json::NoDocument;
use crate::surroundings::{Absence, AbsenceReason, Source};

/// What was attempted, on which address, and why it failed.
#[derive(Clone, Debug, Error)]
#[error("{method} {url}: {problem}")]
pub(crate) struct HttpError {
    /// HTTP method.
    pub method: &'static str,
    /// Address that was asked, without query.
    pub url: String,
    /// What went wrong.
    pub problem: Problem,
}

/// What went wrong with a request.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum Problem {
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
    /// A route leads into nothing.
    #[error("a route of this machine or task leads it into nothing (blackhole)")]
    Blackhole,
    /// The system refuses the connection to this user, or by a packet filter.
    #[error("not permitted: {0}")]
    NotPermitted(String),
    /// There is no such Unix socket.
    #[error("there is no such socket")]
    NoSocket,
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
    #[error("the answer is larger than {} KiB", .0 / 1024)]
    TooLarge(usize),
    /// More entries than any real answer has.
    #[error("the answer tells more than {MAX_RANGES} {0}")]
    TooMany(&'static str),
    /// More values than any real answer has.
    #[error("the answer holds more values than any real one")]
    TooManyValues,
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

impl HttpError {
    /// This error as the reason why a source gave no fact.
    pub(crate) fn absence(&self, source: Source) -> Absence {
        Absence::new(source, self.problem.reason(), self.to_string())
    }
}

impl Problem {
    /// The kind of trouble that this is.
    pub(crate) fn reason(&self) -> AbsenceReason {
        match self {
            Self::BadAddress(_) | Self::WrongForm(_) => AbsenceReason::WrongForm,
            Self::TimedOut(_) => AbsenceReason::TimedOut,
            Self::Refused => AbsenceReason::Refused,
            // Over TCP it is a packet filter that does not permit.
            Self::Unreachable(_) | Self::NotPermitted(_) | Self::NoSocket => {
                AbsenceReason::Unreachable
            }
            Self::Blackhole => AbsenceReason::Blackhole,
            Self::Status(401) => AbsenceReason::Unauthorized,
            Self::Status(403) => AbsenceReason::Disabled,
            Self::Status(404) => AbsenceReason::NotFound,
            Self::Status(_) => AbsenceReason::HttpStatus,
            Self::HopLimit => AbsenceReason::HopLimit,
            Self::NotHttp(_) => AbsenceReason::NotHttp,
            Self::Truncated => AbsenceReason::Truncated,
            Self::TooLarge(_) | Self::TooMany(_) | Self::TooManyValues => AbsenceReason::TooLarge,
            Self::NotUtf8 => AbsenceReason::NotUtf8,
            Self::NotJson(_) => AbsenceReason::NotJson,
        }
    }
}

impl From<NoDocument> for Problem {
    fn from(why: NoDocument) -> Self {
        match why {
            NoDocument::TooMany => Self::TooManyValues,
            NoDocument::NotJson(words) => Self::NotJson(words),
        }
    }
}

/// What an error of the client means.
pub(super) fn problem_of(error: reqwest::Error) -> Problem {
    // The address may hold the identifier of a task.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut innermost = error.to_string();
    while let Some(current) = cause {
        innermost = current.to_string();
        if let Some(io) = current.downcast_ref::<io::Error>() {
            match io.kind() {
                ErrorKind::ConnectionRefused => return Problem::Refused,
                ErrorKind::PermissionDenied => return Problem::NotPermitted(io.to_string()),
                ErrorKind::NotFound | ErrorKind::NotADirectory => return Problem::NoSocket,
                ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable => return Problem::Unreachable(io.to_string()),
                // EINVAL, which a well formed address gets from nothing else. Source: `ip-route(8)`:
                // "blackhole [...] The local senders get an EINVAL error."
                ErrorKind::InvalidInput if io.raw_os_error().is_some() => {
                    return Problem::Blackhole;
                }
                _ => {}
            }
        }
        cause = current.source();
    }
    Problem::NotHttp(innermost)
}
