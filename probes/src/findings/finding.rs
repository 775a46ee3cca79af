//! One finding, and how findings of the same kind become one.

use serde::{Deserialize, Serialize};

use super::Code;
use super::host_view::HostView;
use crate::catalog::Need;
use crate::status::Severity;

/// Something that a person should know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Its code; `vpce-probe explain CODE` tells more.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What was seen.
    pub seen: String,
    /// What it means.
    pub meaning: String,
    /// What to change.
    pub change: String,
    /// The services concerned.
    pub services: Vec<String>,
    /// The host names concerned.
    pub hosts: Vec<String>,
}

/// What was seen, what it means, what to change.
pub(super) struct Words {
    pub(super) seen: String,
    pub(super) meaning: String,
    pub(super) change: String,
}

impl Words {
    pub(super) fn new(
        seen: impl Into<String>,
        meaning: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        Self { seen: seen.into(), meaning: meaning.into(), change: change.into() }
    }
}

impl Finding {
    /// A finding about the run as a whole.
    pub(super) fn general(code: Code, severity: Severity, words: Words) -> Self {
        Self {
            code,
            severity,
            seen: words.seen,
            meaning: words.meaning,
            change: words.change,
            services: Vec::new(),
            hosts: Vec::new(),
        }
    }

    /// A finding about one host name. It weighs no more than the endpoint is needed.
    pub(super) fn of_host(
        view: &HostView<'_>,
        code: Code,
        severity: Severity,
        words: Words,
    ) -> Self {
        Self {
            services: vec![view.endpoint.title()],
            hosts: vec![view.host.to_owned()],
            ..Self::general(code, weighed(severity, view.endpoint.need), words)
        }
    }

    /// Whether the finding is about this host name of this service.
    pub(super) fn is_about(&self, view: &HostView<'_>) -> bool {
        let service = view.endpoint.title();
        self.services.contains(&service) && self.hosts.iter().any(|host| host == view.host)
    }

    fn says_the_same_as(&self, other: &Self) -> bool {
        self.code == other.code
            && self.severity == other.severity
            && self.meaning == other.meaning
            && self.change == other.change
            && !self.hosts.is_empty()
            && !other.hosts.is_empty()
    }

    fn absorb(&mut self, other: Self) {
        if !self.seen.split("; ").any(|part| part == other.seen) {
            self.seen = format!("{}; {}", self.seen, other.seen);
        }
        let add = |to: &mut Vec<String>, from: Vec<String>| {
            for item in from {
                if !to.contains(&item) {
                    to.push(item);
                }
            }
        };
        add(&mut self.services, other.services);
        add(&mut self.hosts, other.hosts);
    }
}

pub(super) fn weighed(severity: Severity, need: Need) -> Severity {
    match need {
        Need::Required => severity,
        Need::Recommended => severity.min(Severity::Warn),
        Need::Optional => Severity::Info,
    }
}

/// Findings that say the same of several names become one; the gravest come first, and those about
/// the whole run before those about one name.
pub(super) fn merged_and_sorted(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        match merged.iter_mut().find(|other| other.says_the_same_as(&finding)) {
            Some(same) => same.absorb(finding),
            None => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    merged
}
