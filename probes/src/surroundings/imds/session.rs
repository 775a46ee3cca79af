//! What one session at the instance metadata service tells.

use std::time::{Duration, Instant};

use ipnet::IpNet;
use serde_json::Value;

use super::InstanceFacts;
use crate::bounded_http::{HttpClient, HttpError, MAX_RANGES, Problem, Request};
use crate::region;
use crate::surroundings::forms::{is_account_id, is_label, is_mac};
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

const TOKEN_HEADER: &str = "X-aws-ec2-metadata-token";

/// A service that handed out a token.
pub(super) struct Session<'a> {
    pub(super) client: &'a HttpClient,
    /// `http://ADDRESS`.
    pub(super) base: &'a str,
    pub(super) token: String,
    /// By the `Date` header of the answer with the token.
    pub(super) clock_offset_ms: Option<f64>,
}

impl Session<'_> {
    pub(super) async fn facts(&self, limit: Duration) -> (InstanceFacts, Vec<Absence>) {
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
        let checked = |result: Result<String, HttpError>, path: &str, ok: fn(&str) -> bool| {
            result.and_then(|text| if ok(&text) { Ok(text) } else { Err(self.wrong(path, &text)) })
        };
        let from_document = |field: &str, ok: fn(&str) -> bool| {
            let document = document.as_ref().map_err(Clone::clone)?;
            match document.get(field) {
                Some(Value::String(text)) if ok(text) => Ok(text.clone()),
                Some(other) => {
                    let other = printable(&other.to_string());
                    Err(self.other_form(IDENTITY_DOCUMENT, format!("{field} is {other}")))
                }
                None => Err(self.other_form(IDENTITY_DOCUMENT, format!("it has no {field}"))),
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
            clock_offset_ms: match self.clock_offset_ms {
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

    async fn document(&self, limit: Duration) -> Result<Value, HttpError> {
        let url = self.url(IDENTITY_DOCUMENT);
        self.client.json(self.request(&url, limit)).await.map(|(value, _)| value)
    }

    async fn text(&self, path: &str, limit: Duration) -> Result<String, HttpError> {
        let url = self.url(path);
        let text = self.client.text(self.request(&url, limit)).await?;
        Ok(text.trim().to_owned())
    }

    /// VPC id, ranges of the VPC, and ranges of the subnet of the primary interface.
    async fn network(
        &self,
        mac: Result<String, HttpError>,
        limit: Duration,
    ) -> (Result<String, HttpError>, Result<Vec<IpNet>, HttpError>, Result<Vec<IpNet>, HttpError>)
    {
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
        let none = || self.other_form(&interface, "it tells no range".to_owned());
        (id, both_families(vpc_v4, vpc_v6, none), both_families(subnet_v4, subnet_v6, none))
    }

    /// One range a line. 404 means that the VPC has none of that family.
    async fn cidrs(&self, path: &str, limit: Duration) -> Result<Vec<IpNet>, HttpError> {
        match self.text(path, limit).await {
            Ok(text) if text.lines().nth(MAX_RANGES).is_some() => Err(HttpError {
                method: "GET",
                url: self.url(path),
                problem: Problem::TooMany("ranges"),
            }),
            Ok(text) => text
                .lines()
                .map(|line| line.trim().parse().map_err(|_| self.wrong(path, line)))
                .collect(),
            Err(HttpError { problem: Problem::Status(404), .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/latest/{path}", self.base)
    }

    fn request<'a>(&'a self, url: &'a str, limit: Duration) -> Request<'a> {
        Request { method: "GET", url, header: Some((TOKEN_HEADER, &self.token)), limit }
    }

    fn wrong(&self, path: &str, text: &str) -> HttpError {
        self.other_form(path, format!("\"{}\"", printable(text)))
    }

    fn other_form(&self, path: &str, words: String) -> HttpError {
        HttpError { method: "GET", url: self.url(path), problem: Problem::WrongForm(words) }
    }
}

/// What somebody else wrote, short and harmless to a terminal.
fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    text.chars().take(60).map(harmless).collect()
}

const IDENTITY_DOCUMENT: &str = "dynamic/instance-identity/document";

/// Without the IPv4 ranges the list is not complete, and a wrong judgement worse than none.
fn both_families(
    v4: Result<Vec<IpNet>, HttpError>,
    v6: Result<Vec<IpNet>, HttpError>,
    none: impl Fn() -> HttpError,
) -> Result<Vec<IpNet>, HttpError> {
    let (mut all, v6) = (v4?, v6?);
    all.extend(v6);
    match all.is_empty() {
        false => Ok(all),
        true => Err(none()),
    }
}

fn fact<T>(result: Result<T, HttpError>, troubles: &mut Vec<Absence>) -> Fact<T> {
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
