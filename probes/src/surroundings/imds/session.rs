//! What one session at the instance metadata service tells.

mod primary_interface;

use std::time::{Duration, Instant};

use serde_json::Value;

use super::InstanceFacts;
use crate::bounded_http::{HttpClient, HttpError, Problem, Request, SHORT_ANSWER};
use crate::region;
use crate::surroundings::forms::{is_account_id, is_label};
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
        let network = self.network(mac, limit).await;
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
            vpc_id: fact(checked(network.vpc_id, "vpc-id", is_label), &mut troubles),
            vpc_cidrs: fact(network.vpc_cidrs, &mut troubles),
            subnet_cidrs: fact(network.subnet_cidrs, &mut troubles),
            // No check needs these two: without them nothing is wrong.
            subnet_id: fact(network.subnet_id, &mut Vec::new()),
            security_group_ids: fact(network.security_group_ids, &mut Vec::new()),
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

    fn url(&self, path: &str) -> String {
        format!("{}/latest/{path}", self.base)
    }

    fn request<'a>(&'a self, url: &'a str, limit: Duration) -> Request<'a> {
        Request {
            method: "GET",
            url,
            header: Some((TOKEN_HEADER, &self.token)),
            limit,
            most: SHORT_ANSWER,
        }
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
