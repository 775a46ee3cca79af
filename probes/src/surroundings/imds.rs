//! The EC2 instance metadata service, version 2.
//!
//! Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".

mod session;

use std::time::{Duration, Instant};

use ipnet::IpNet;
use time::OffsetDateTime;

use self::session::Session;
use super::clock::clock_offset_ms;
use super::{Absence, Fact, Source, SourceReport};
use crate::bounded_http::{HttpClient, HttpError, Problem, Request, SHORT_ANSWER};
use crate::timestamp::milliseconds;

const TOKEN_LIFETIME: (&str, &str) = ("X-aws-ec2-metadata-token-ttl-seconds", "60");

/// Part of the limit that a token request gets; the rest is for finding out why it got lost.
const TOKEN_SHARE: f64 = 0.6;

/// What the instance metadata told.
#[derive(Debug, Default)]
pub(super) struct InstanceFacts {
    pub(super) region: Fact<String>,
    pub(super) partition: Fact<String>,
    pub(super) dns_suffix: Fact<String>,
    pub(super) account_id: Fact<String>,
    pub(super) instance_id: Fact<String>,
    pub(super) availability_zone: Fact<String>,
    pub(super) vpc_id: Fact<String>,
    pub(super) vpc_cidrs: Fact<Vec<IpNet>>,
    pub(super) subnet_cidrs: Fact<Vec<IpNet>>,
    pub(super) subnet_id: Fact<String>,
    pub(super) security_group_ids: Fact<Vec<String>>,
    pub(super) clock_offset_ms: Fact<f64>,
}

impl InstanceFacts {
    /// Every fact missing for the same reason.
    pub(super) fn absent(absence: &Absence) -> Self {
        Self {
            region: Fact::missing(absence.clone()),
            partition: Fact::missing(absence.clone()),
            dns_suffix: Fact::missing(absence.clone()),
            account_id: Fact::missing(absence.clone()),
            instance_id: Fact::missing(absence.clone()),
            availability_zone: Fact::missing(absence.clone()),
            vpc_id: Fact::missing(absence.clone()),
            vpc_cidrs: Fact::missing(absence.clone()),
            subnet_cidrs: Fact::missing(absence.clone()),
            subnet_id: Fact::missing(absence.clone()),
            security_group_ids: Fact::missing(absence.clone()),
            clock_offset_ms: Fact::missing(absence.clone()),
        }
    }
}

/// Asks the instance metadata at the first of the endpoints that hands out a token.
pub(super) async fn ask(
    client: &HttpClient,
    endpoints: &[String],
    limit: Duration,
) -> (InstanceFacts, SourceReport) {
    let started = Instant::now();
    let (facts, mut troubles) = match token(client, endpoints, limit).await {
        Ok(session) => session.facts(limit.saturating_sub(started.elapsed())).await,
        Err(error) => {
            let absence = error.absence(Source::INSTANCE_METADATA);
            (InstanceFacts::absent(&absence), vec![absence])
        }
    };
    troubles.dedup();
    let answered = facts.region.value().is_some()
        || facts.account_id.value().is_some()
        || facts.vpc_cidrs.value().is_some();
    let report = SourceReport {
        source: Source::INSTANCE_METADATA,
        answered,
        troubles,
        elapsed_ms: milliseconds(started.elapsed()),
    };
    (facts, report)
}

/// A session at the endpoint that answers first. All are asked at once, because an endpoint that
/// is not there may be silent. When none answers, the first one's trouble is told, unless there is no
/// way to it at all, as to IPv4 from a network that has only IPv6, and another one's says more.
async fn token<'a>(
    client: &'a HttpClient,
    endpoints: &'a [String],
    limit: Duration,
) -> Result<Session<'a>, HttpError> {
    let (mut first, mut telling) = (None, None);
    let mut others = tokio::task::JoinSet::new();
    let (main, spare) = match endpoints {
        [] => {
            return Err(HttpError {
                method: "PUT",
                url: String::new(),
                problem: Problem::BadAddress("no endpoint is configured".to_owned()),
            });
        }
        [main, spare @ ..] => (main, spare),
    };
    for (index, endpoint) in spare.iter().enumerate() {
        let (client, endpoint) = (client.clone(), endpoint.clone());
        others.spawn(async move { (index, token_at(&client, &endpoint, limit).await) });
    }
    let main_attempt = token_at(client, main, limit);
    tokio::pin!(main_attempt);
    let session =
        |base: &'a str, (token, clock_offset_ms)| Session { client, base, token, clock_offset_ms };
    loop {
        tokio::select! {
            result = &mut main_attempt, if first.is_none() => match result {
                Ok(given) => return Ok(session(main, given)),
                Err(error) => first = Some(error),
            },
            Some(joined) = others.join_next() => match joined {
                Ok((index, Ok(given))) => {
                    if let Some(base) = spare.get(index) {
                        return Ok(session(base, given));
                    }
                }
                Ok((_, Err(error))) if tells_a_cause(&error) => telling = Some(error),
                _ => {}
            },
            else => break,
        }
    }
    let has_no_way = |error: &HttpError| matches!(error.problem, Problem::Unreachable(_));
    if first.as_ref().is_some_and(has_no_way) && telling.is_some() {
        first = telling;
    }
    Err(first.unwrap_or_else(|| HttpError {
        method: "PUT",
        url: main.clone(),
        problem: Problem::TimedOut(limit.as_millis()),
    }))
}

fn tells_a_cause(error: &HttpError) -> bool {
    matches!(error.problem, Problem::Blackhole | Problem::HopLimit | Problem::Status(_))
}

async fn token_at(
    client: &HttpClient,
    base: &str,
    limit: Duration,
) -> Result<(String, Option<f64>), HttpError> {
    let url = format!("{base}/latest/api/token");
    let share = limit.mul_f64(TOKEN_SHARE);
    let (header, most) = (Some(TOKEN_LIFETIME), SHORT_ANSWER);
    let request = Request { method: "PUT", url: &url, header, limit: share, most };
    let wrong = |problem| HttpError { method: "PUT", url: url.clone(), problem };
    let answer = match client.ask(request).await {
        Ok(answer) => answer,
        Err(HttpError { problem: Problem::TimedOut(_), .. }) => {
            let rest = limit.saturating_sub(share);
            let answers = answers_at_all(client, base, rest).await;
            // Its hop limit is 1 by default, one too few for the answer to reach a container.
            return Err(wrong(if answers {
                Problem::HopLimit
            } else {
                Problem::TimedOut(limit.as_millis())
            }));
        }
        Err(error) => return Err(error),
    };
    let offset =
        answer.date.as_deref().and_then(|date| clock_offset_ms(OffsetDateTime::now_utc(), date));
    let token = String::from_utf8(answer.body).map_err(|_| wrong(Problem::NotUtf8))?;
    let printable = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if printable { Ok((token, offset)) } else { Err(wrong(Problem::WrongForm("token".to_owned()))) }
}

/// Whether a service that stayed silent to a token request answers another one.
async fn answers_at_all(client: &HttpClient, base: &str, limit: Duration) -> bool {
    let url = format!("{base}/latest/meta-data/");
    let request = Request { method: "GET", url: &url, header: None, limit, most: SHORT_ANSWER };
    matches!(
        client.ask(request).await,
        Ok(_) | Err(HttpError { problem: Problem::Status(401), .. })
    )
}
