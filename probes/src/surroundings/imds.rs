//! The EC2 instance metadata service, version 2.
//!
//! Source: Amazon EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".

use std::time::{Duration, Instant};

use ipnet::IpNet;
use serde_json::Value;
use time::OffsetDateTime;

use super::metadata_http::{MetadataClient, MetadataError, Problem, Request};
use super::{Absence, AbsenceReason, Fact, Source, SourceReport, clock_offset_s};
use crate::region;
use crate::timestamp::milliseconds;

const TOKEN_LIFETIME: (&str, &str) = ("X-aws-ec2-metadata-token-ttl-seconds", "60");
const TOKEN_HEADER: &str = "X-aws-ec2-metadata-token";

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
    pub(super) clock_offset_s: Fact<f64>,
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
            clock_offset_s: Fact::missing(absence.clone()),
        }
    }
}

/// Asks the instance metadata at the first of the endpoints that hands out a token.
pub(super) async fn ask(
    client: &MetadataClient,
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

struct Session<'a> {
    client: &'a MetadataClient,
    base: &'a str,
    token: String,
    clock_offset_s: Option<f64>,
}

/// A session at the endpoint that answers first. All are asked at once, because an endpoint that
/// is not there may be silent. When none answers, the first one's trouble is told.
async fn token<'a>(
    client: &'a MetadataClient,
    endpoints: &'a [String],
    limit: Duration,
) -> Result<Session<'a>, MetadataError> {
    let mut first = None;
    let mut others = tokio::task::JoinSet::new();
    let (main, spare) = match endpoints {
        [] => {
            return Err(MetadataError {
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
        |base: &'a str, (token, clock_offset_s)| Session { client, base, token, clock_offset_s };
    loop {
        tokio::select! {
            result = &mut main_attempt, if first.is_none() => match result {
                Ok(given) => return Ok(session(main, given)),
                Err(error) => first = Some(error),
            },
            Some(joined) = others.join_next() => {
                if let Ok((index, Ok(given))) = joined
                    && let Some(base) = spare.get(index)
                {
                    return Ok(session(base, given));
                }
            }
            else => break,
        }
    }
    Err(first.unwrap_or_else(|| MetadataError {
        method: "PUT",
        url: main.clone(),
        problem: Problem::TimedOut(limit.as_millis()),
    }))
}

async fn token_at(
    client: &MetadataClient,
    base: &str,
    limit: Duration,
) -> Result<(String, Option<f64>), MetadataError> {
    let url = format!("{base}/latest/api/token");
    let share = limit.mul_f64(TOKEN_SHARE);
    let request = Request { method: "PUT", url: &url, header: Some(TOKEN_LIFETIME), limit: share };
    let wrong = |problem| MetadataError { method: "PUT", url: url.clone(), problem };
    let answer = match client.ask(request).await {
        Ok(answer) => answer,
        Err(MetadataError { problem: Problem::TimedOut(_), .. }) => {
            return Err(wrong(why_silent(client, base, limit.saturating_sub(share)).await));
        }
        Err(error) => return Err(error),
    };
    let offset =
        answer.date.as_deref().and_then(|date| clock_offset_s(OffsetDateTime::now_utc(), date));
    let token = String::from_utf8(answer.body).map_err(|_| wrong(Problem::NotUtf8))?;
    let printable = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    if printable { Ok((token, offset)) } else { Err(wrong(Problem::WrongForm("token".to_owned()))) }
}

/// Why a token request got no answer. When the service answers other requests, the answer to the
/// PUT died on the way: its hop limit is 1 by default, one too few for a container.
async fn why_silent(client: &MetadataClient, base: &str, limit: Duration) -> Problem {
    let url = format!("{base}/latest/meta-data/");
    let request = Request { method: "GET", url: &url, header: None, limit };
    match client.ask(request).await {
        Ok(_) | Err(MetadataError { problem: Problem::Status(401), .. }) => Problem::HopLimit,
        Err(_) => Problem::TimedOut(limit.as_millis()),
    }
}

impl Session<'_> {
    async fn facts(&self, limit: Duration) -> (InstanceFacts, Vec<Absence>) {
        let started = Instant::now();
        let (document, region, partition, suffix, mac) = tokio::join!(
            self.document(limit),
            self.text("meta-data/placement/region", limit),
            self.text("meta-data/services/partition", limit),
            self.text("meta-data/services/domain", limit),
            self.text("meta-data/mac", limit),
        );
        let limit = limit.saturating_sub(started.elapsed());
        let (vpc_id, vpc_cidrs, subnet_cidrs) = self.network(mac, limit).await;
        let checked = |result: Result<String, MetadataError>, path: &str, ok: fn(&str) -> bool| {
            result.and_then(|text| if ok(&text) { Ok(text) } else { Err(self.wrong(path, &text)) })
        };
        let from_document = |field: &str, ok: fn(&str) -> bool| {
            let document = document.as_ref().map_err(Clone::clone)?;
            match document.get(field).and_then(Value::as_str) {
                Some(text) if ok(text) => Ok(text.to_owned()),
                other => Err(self.wrong(IDENTITY_DOCUMENT, &format!("{field} is {other:?}"))),
            }
        };
        let mut troubles = Vec::new();
        let facts = InstanceFacts {
            region: fact(
                checked(region, "meta-data/placement/region", region::is_well_formed),
                &mut troubles,
            )
            .or(fact(from_document("region", region::is_well_formed), &mut troubles)),
            partition: fact(
                checked(partition, "meta-data/services/partition", is_label),
                &mut troubles,
            ),
            dns_suffix: fact(checked(suffix, "meta-data/services/domain", is_label), &mut troubles),
            account_id: fact(from_document("accountId", is_account_id), &mut troubles),
            instance_id: fact(from_document("instanceId", is_label), &mut troubles),
            availability_zone: fact(from_document("availabilityZone", is_label), &mut troubles),
            vpc_id: fact(checked(vpc_id, "vpc-id", is_label), &mut troubles),
            vpc_cidrs: fact(vpc_cidrs, &mut troubles),
            subnet_cidrs: fact(subnet_cidrs, &mut troubles),
            clock_offset_s: match self.clock_offset_s {
                Some(offset) => Fact::known(offset, Source::INSTANCE_METADATA),
                None => Fact::missing(Absence::new(
                    Source::INSTANCE_METADATA,
                    AbsenceReason::NotTold,
                    "the answer has no usable Date header",
                )),
            },
        };
        (facts, troubles)
    }

    async fn document(&self, limit: Duration) -> Result<Value, MetadataError> {
        let url = self.url(IDENTITY_DOCUMENT);
        self.client.json(self.request(&url, limit)).await.map(|(value, _)| value)
    }

    async fn text(&self, path: &str, limit: Duration) -> Result<String, MetadataError> {
        let url = self.url(path);
        let text = self.client.text(self.request(&url, limit)).await?;
        Ok(text.trim().to_owned())
    }

    /// VPC id, ranges of the VPC, and ranges of the subnet of the primary interface.
    async fn network(
        &self,
        mac: Result<String, MetadataError>,
        limit: Duration,
    ) -> (
        Result<String, MetadataError>,
        Result<Vec<IpNet>, MetadataError>,
        Result<Vec<IpNet>, MetadataError>,
    ) {
        let mac = match mac {
            Ok(mac) if is_mac(&mac) => mac,
            Ok(other) => {
                let error = self.wrong("meta-data/mac", &other);
                return (Err(error.clone()), Err(error.clone()), Err(error));
            }
            Err(error) => return (Err(error.clone()), Err(error.clone()), Err(error)),
        };
        let interface = format!("meta-data/network/interfaces/macs/{mac}");
        let path = |name: &str| format!("{interface}/{name}");
        let (id, vpc_v4, vpc_v6, subnet_v4, subnet_v6) = (
            path("vpc-id"),
            path("vpc-ipv4-cidr-blocks"),
            path("vpc-ipv6-cidr-blocks"),
            path("subnet-ipv4-cidr-block"),
            path("subnet-ipv6-cidr-blocks"),
        );
        let (id, vpc_v4, vpc_v6, subnet_v4, subnet_v6) = tokio::join!(
            self.text(&id, limit),
            self.cidrs(&vpc_v4, limit),
            self.cidrs(&vpc_v6, limit),
            self.cidrs(&subnet_v4, limit),
            self.cidrs(&subnet_v6, limit),
        );
        (id, both_families(vpc_v4, vpc_v6), both_families(subnet_v4, subnet_v6))
    }

    /// One range a line. 404 means that the VPC has none of that family.
    async fn cidrs(&self, path: &str, limit: Duration) -> Result<Vec<IpNet>, MetadataError> {
        match self.text(path, limit).await {
            Ok(text) => text
                .lines()
                .map(|line| line.trim().parse().map_err(|_| self.wrong(path, line)))
                .collect(),
            Err(MetadataError { problem: Problem::Status(404), .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/latest/{path}", self.base)
    }

    fn request<'a>(&'a self, url: &'a str, limit: Duration) -> Request<'a> {
        Request { method: "GET", url, header: Some((TOKEN_HEADER, &self.token)), limit }
    }

    fn wrong(&self, path: &str, text: &str) -> MetadataError {
        let shown: String = text.chars().take(60).collect();
        MetadataError {
            method: "GET",
            url: self.url(path),
            problem: Problem::WrongForm(format!("{shown:?}")),
        }
    }
}

const IDENTITY_DOCUMENT: &str = "dynamic/instance-identity/document";

/// Without the IPv4 ranges the list is not complete, and a wrong judgement worse than none.
fn both_families(
    v4: Result<Vec<IpNet>, MetadataError>,
    v6: Result<Vec<IpNet>, MetadataError>,
) -> Result<Vec<IpNet>, MetadataError> {
    let (mut all, v6) = (v4?, v6?);
    all.extend(v6);
    match all.is_empty() {
        false => Ok(all),
        true => Err(MetadataError {
            method: "GET",
            url: "network/interfaces/macs/".to_owned(),
            problem: Problem::WrongForm("no range at all".to_owned()),
        }),
    }
}

fn fact<T>(result: Result<T, MetadataError>, troubles: &mut Vec<Absence>) -> Fact<T> {
    match result {
        Ok(value) => Fact::known(value, Source::INSTANCE_METADATA),
        Err(error) => {
            let absence = error.absence(Source::INSTANCE_METADATA);
            if !troubles.contains(&absence) {
                troubles.push(absence.clone());
            }
            Fact::missing(absence)
        }
    }
}

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A short word of letters, digits, dots and hyphens.
pub(super) fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

fn is_mac(text: &str) -> bool {
    text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_checked_before_use() {
        assert!(is_account_id("123456789012"));
        assert!(!is_account_id("12345678901") && !is_account_id("12345678901x"));
        assert!(is_mac("0a:1b:2c:3d:4e:5f"));
        assert!(!is_mac("../../../secret/x") && !is_mac(""));
        assert!(is_label("vpc-0abc") && is_label("amazonaws.com.cn"));
        assert!(!is_label("") && !is_label("a b") && !is_label(&"x".repeat(65)));
    }
}
