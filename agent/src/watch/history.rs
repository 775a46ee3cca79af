//! The last results and, apart from them, the last failures: a fault that is over can still be
//! looked at, however often the checks went well since then.

use std::collections::VecDeque;

use bytes::Bytes;
use serde_json::json;
use vpce_probes::event::FindingInShort;
use vpce_probes::report::Report;

use crate::render;

/// Most results that are kept, of an hour with the default interval nearly half.
const RESULTS: usize = 50;

/// Most failures that are kept.
const FAILURES: usize = 20;

/// Most findings that are kept of a failure, the gravest first.
const FINDINGS: usize = 10;

/// Most bytes of results, and of failures.
const MOST_BYTES: usize = 64 * 1024;

/// Entries as JSON, the newest first.
#[derive(Debug)]
pub(super) struct History {
    results: Entries,
    failures: Entries,
}

impl History {
    pub(super) fn new() -> Self {
        Self { results: Entries::at_most(RESULTS), failures: Entries::at_most(FAILURES) }
    }

    /// Takes one more check into account, and how all of them look now: `{"results": [...],
    /// "failures": [...]}` on one line.
    pub(super) fn add(&mut self, report: &Report, is_healthy: bool) -> Bytes {
        let codes: Vec<&str> =
            report.findings.iter().take(FINDINGS).map(|finding| finding.code.word()).collect();
        let mut entry = json!({
            "started_at": report.started_at,
            "status": report.status,
            "healthy": is_healthy,
            "elapsed_ms": report.elapsed_ms,
            "codes": codes,
        });
        self.results.add(render::json(&entry));
        if !is_healthy {
            let findings: Vec<FindingInShort> =
                report.findings.iter().take(FINDINGS).map(FindingInShort::of).collect();
            if let Some(entry) = entry.as_object_mut() {
                entry.remove("codes");
                entry.insert("findings".to_owned(), json!(findings));
            }
            self.failures.add(render::json(&entry));
        }
        let mut text = String::from("{\"schema_version\":\"1.0\",\"results\":[");
        self.results.write_to(&mut text);
        text.push_str("],\"failures\":[");
        self.failures.write_to(&mut text);
        text.push_str("]}\n");
        text.into()
    }
}

#[derive(Debug)]
struct Entries {
    entries: VecDeque<String>,
    most: usize,
    bytes: usize,
}

impl Entries {
    fn at_most(most: usize) -> Self {
        Self { entries: VecDeque::new(), most, bytes: 0 }
    }

    fn add(&mut self, mut entry: String) {
        entry.truncate(entry.trim_end().len());
        entry.shrink_to_fit();
        self.bytes += entry.len();
        self.entries.push_front(entry);
        while self.entries.len() > self.most || self.bytes > MOST_BYTES {
            let Some(oldest) = self.entries.pop_back() else { break };
            self.bytes -= oldest.len();
        }
    }

    fn write_to(&self, text: &mut String) {
        for (index, entry) in self.entries.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use vpce_probes::findings::{Code, Finding};
    use vpce_probes::observation::Observations;
    use vpce_probes::plan::Plan;
    use vpce_probes::status::{Severity, Status};
    use vpce_probes::surroundings::Surroundings;

    use super::*;

    fn report(number: usize, seen: &str) -> Report {
        let mut report =
            Report::new(Surroundings::default(), Plan::default(), Observations::default());
        report.started_at = number.to_string();
        report.status = if seen.is_empty() { Status::Pass } else { Status::Fail };
        let finding = Finding {
            code: Code::ALL[0],
            severity: Severity::Fail,
            seen: seen.to_owned(),
            meaning: String::new(),
            change: String::new(),
            services: vec!["ecs".to_owned()],
            hosts: Vec::new(),
        };
        report.findings = if seen.is_empty() { Vec::new() } else { vec![finding; 30] };
        report
    }

    fn after(reports: impl IntoIterator<Item = Report>) -> (usize, Value) {
        let mut history = History::new();
        let told = reports.into_iter().map(|report| {
            let is_healthy = report.status == Status::Pass;
            history.add(&report, is_healthy)
        });
        let told = told.last().unwrap();
        (told.len(), serde_json::from_slice(&told).unwrap())
    }

    #[test]
    fn failures_are_kept_longer_than_results() {
        let seen = |number| if number == 3 { "broken" } else { "" };
        let (_, told) = after((0..500).map(|number| report(number, seen(number))));
        assert_eq!(told["results"].as_array().unwrap().len(), RESULTS);
        assert_eq!(told["results"][0]["started_at"], "499");
        assert_eq!(told["results"][49]["started_at"], "450");
        assert_eq!(told["failures"].as_array().unwrap().len(), 1);
        assert_eq!(told["failures"][0]["started_at"], "3");
        assert_eq!(told["failures"][0]["findings"][0]["seen"], "broken");
    }

    #[test]
    fn long_findings_leave_room_for_fewer_failures() {
        let long = "\u{1f512}".repeat(1_000);
        let (bytes, told) = after((0..100).map(|number| report(number, &long)));
        assert!(bytes <= 2 * MOST_BYTES + 100, "{bytes}");
        let failures = told["failures"].as_array().unwrap().len();
        assert!((1..FAILURES).contains(&failures), "{failures}");
        assert_eq!(told["failures"][0]["started_at"], "99");
        let (_, told) = after((0..100).map(|number| report(number, "short")));
        assert_eq!(told["failures"].as_array().unwrap().len(), FAILURES);
    }
}
