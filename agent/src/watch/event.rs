//! Events: one JSON line on stdout whenever the verdict changes.

use serde::Serialize;
use vpce_probes::findings::Code;
use vpce_probes::report::Report;
use vpce_probes::status::{Severity, Status};

use super::settled::Change;

/// A verdict that has changed.
#[derive(Debug, Serialize)]
pub(crate) struct Event<'a> {
    schema_version: &'static str,
    event: &'static str,
    /// When the check began that changed it.
    at: &'a str,
    from: Option<Status>,
    to: Status,
    healthy: bool,
    findings: Vec<FindingInShort<'a>>,
}

/// A finding without its long texts.
#[derive(Debug, Serialize)]
struct FindingInShort<'a> {
    code: Code,
    severity: Severity,
    services: &'a [String],
    hosts: &'a [String],
    seen: &'a str,
}

impl<'a> Event<'a> {
    pub(crate) fn of(change: Change, is_healthy: bool, report: &'a Report) -> Self {
        let findings = report.findings.iter().map(|finding| FindingInShort {
            code: finding.code,
            severity: finding.severity,
            services: &finding.services,
            hosts: &finding.hosts,
            seen: &finding.seen,
        });
        Self {
            schema_version: "1.0",
            event: "verdict",
            at: &report.started_at,
            from: change.from,
            to: change.to,
            healthy: is_healthy,
            findings: findings.collect(),
        }
    }
}
