//! What a watch tells when its verdict changes.

use std::time::Duration;

use serde::Serialize;

use crate::findings::{Code, Finding};
use crate::report::{Program, Report, SCHEMA_VERSION, Summary};
use crate::status::{Severity, Status};
use crate::surroundings::{Fact, LaunchType, Surroundings};
use crate::timestamp::milliseconds;

/// Longest text of a field, in characters.
const LONGEST: usize = 300;

/// Most names in one list.
const MOST_NAMES: usize = 20;

/// Most findings in one event.
const MOST_FINDINGS: usize = 50;

/// A verdict that has changed: one line of JSON.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Version of this form: `1.0`.
    pub schema_version: String,
    /// What has happened.
    pub event: EventKind,
    /// When the check began that settled it, RFC 3339 in UTC, by this machine's clock.
    pub at: String,
    /// The verdict before; null at the first.
    pub from: Option<Status>,
    /// The verdict from now on.
    pub to: Status,
    /// Whether that verdict is exit code 0.
    pub healthy: bool,
    /// So many checks in a row had to agree.
    pub checks: usize,
    /// When the first of these began, RFC 3339 in UTC: since then it is seen like that.
    pub since: String,
    /// How long the verdict before held; null at the first.
    pub previous_ms: Option<f64>,
    /// Where this is.
    pub place: EventPlace,
    /// Numbers of checks of host names.
    pub summary: Summary,
    /// The findings of that check, the gravest first, in short.
    pub findings: Vec<FindingInShort>,
    /// How many more there are, left out so that the line stays short enough for every log.
    pub findings_left_out: usize,
    /// The program that tells.
    pub program: Program,
}

/// What an event may be about.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EventKind {
    /// The verdict has changed, or is the first.
    Verdict,
}

/// What tells one place from another; absent where it is not known.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventPlace {
    /// Kind of place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_type: Option<LaunchType>,
    /// Region: `us-east-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Availability Zone: `us-east-1a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// Account id: twelve digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// VPC id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
    /// EC2 instance id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// ARN of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_arn: Option<String>,
    /// Cluster, by name or ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
}

/// A finding without its long texts, which `vpce-probe explain CODE` tells.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingInShort {
    /// Its code.
    pub code: Code,
    /// The finding in one sentence without particulars.
    pub title: String,
    /// How much it weighs.
    pub severity: Severity,
    /// The services concerned, at most 20.
    pub services: Vec<String>,
    /// The host names concerned, at most 20.
    pub hosts: Vec<String>,
    /// What was seen, at most 300 characters.
    pub seen: String,
}

/// How a verdict became what it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The verdict before; none at the first.
    pub from: Option<Status>,
    /// The verdict from now on.
    pub to: Status,
    /// So many checks in a row agree.
    pub checks: usize,
    /// When the first of these began, RFC 3339 in UTC.
    pub since: String,
}

impl Event {
    /// The event of this change, which the check of this report settled. `previous` is how long the
    /// verdict before held.
    pub fn of(change: Change, healthy: bool, previous: Option<Duration>, report: &Report) -> Self {
        let findings = report.findings.iter().take(MOST_FINDINGS).map(FindingInShort::of);
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            event: EventKind::Verdict,
            at: report.started_at.clone(),
            from: change.from,
            to: change.to,
            healthy,
            checks: change.checks,
            since: change.since,
            previous_ms: previous.map(milliseconds),
            place: EventPlace::of(&report.surroundings),
            summary: report.summary,
            findings: findings.collect(),
            findings_left_out: report.findings.len().saturating_sub(MOST_FINDINGS),
            program: report.program.clone(),
        }
    }

    /// Leaves out the least grave of the findings; false when there is none.
    pub fn leave_one_out(&mut self) -> bool {
        let had_one = self.findings.pop().is_some();
        self.findings_left_out += usize::from(had_one);
        had_one
    }
}

impl EventPlace {
    fn of(here: &Surroundings) -> Self {
        let known = |fact: &Fact<String>| fact.value().map(|text| shortened(text));
        Self {
            launch_type: here.launch_type.value().copied(),
            region: known(&here.region),
            availability_zone: known(&here.availability_zone),
            account_id: known(&here.account_id),
            vpc_id: known(&here.vpc_id),
            instance_id: known(&here.instance_id),
            task_arn: known(&here.task_arn),
            cluster: known(&here.cluster),
        }
    }
}

impl FindingInShort {
    /// The same finding in short.
    pub fn of(finding: &Finding) -> Self {
        let few = |names: &[String]| -> Vec<String> {
            names.iter().take(MOST_NAMES).map(|name| shortened(name)).collect()
        };
        Self {
            code: finding.code,
            title: finding.code.title().to_owned(),
            severity: finding.severity,
            services: few(&finding.services),
            hosts: few(&finding.hosts),
            seen: shortened(&finding.seen),
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"\u{e9}".repeat(LONGEST)).chars().count(), LONGEST);
        let cut = shortened(&"\u{e9}".repeat(LONGEST + 1));
        assert_eq!((cut.chars().count(), cut.ends_with("\u{e9}...")), (LONGEST, true));
    }
}
