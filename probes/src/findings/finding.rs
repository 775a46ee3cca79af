//! One finding, and how findings of the same kind become one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Code;
use super::host_view::HostView;
use crate::catalog::Need;
use crate::plan::Plan;
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

/// In what there is to change: stands for the names under which the endpoints are created.
pub(super) const ENDPOINTS: &str = "{endpoints}";

/// In what there is to change: stands for the host names.
pub(super) const HOSTS: &str = "{hosts}";

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
        let mut words = words;
        if view.endpoint.need == Need::Optional {
            // Whether it matters depends on what the reasons say.
            let mut reasons: Vec<&str> = Vec::new();
            for reason in &view.endpoint.reasons {
                if !reasons.contains(&reason.text.as_str()) {
                    reasons.push(&reason.text);
                }
            }
            words.meaning = format!("{} {}", reasons.join(" "), words.meaning);
        }
        if view.is_pinned_away() && code != Code::PinnedName {
            words.change = format!("Take {HOSTS} out of /etc/hosts, and check again.");
        }
        Self {
            services: vec![view.endpoint.service.clone()],
            hosts: vec![view.host.to_owned()],
            ..Self::general(code, weighed(severity, view.endpoint.need), words)
        }
    }

    /// Whether the finding is about this host name of this service.
    pub(super) fn is_about(&self, view: &HostView<'_>) -> bool {
        self.services.contains(&view.endpoint.service)
            && self.hosts.iter().any(|host| host == view.host)
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
        for part in other.seen.split("; ") {
            if !self.seen.split("; ").any(|known| known == part) {
                self.seen = seen_together(&self.seen, part);
            }
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

/// `10.0.1.5: no answer` and `10.0.1.6: no answer` become `10.0.1.5, 10.0.1.6: no answer`.
pub(super) fn seen_together(seen: &str, other: &str) -> String {
    let Some((who, what)) = other.split_once(": ") else {
        let known = seen.split(", ").any(|part| part == other);
        let separator = if seen.contains(": ") { "; " } else { ", " };
        return if known { seen.to_owned() } else { format!("{seen}{separator}{other}") };
    };
    let mut parts: Vec<String> = seen.split("; ").map(str::to_owned).collect();
    let same = parts.iter_mut().find_map(|part| {
        let known = part.strip_suffix(what)?.strip_suffix(": ")?;
        let new = who.split(", ").filter(|one| !known.split(", ").any(|other| other == *one));
        let all = known.split(", ").chain(new).collect::<Vec<_>>().join(", ");
        Some((part, all))
    });
    match same {
        Some((part, all)) => *part = format!("{all}: {what}"),
        None => parts.push(other.to_owned()),
    }
    parts.join("; ")
}

/// How long was waited for nothing. Longer waits are given to the half second, so that waits of the
/// same length read alike on a busy machine too.
pub(super) fn in_vain(elapsed_ms: f64) -> String {
    let seconds = elapsed_ms / 1000.0;
    let shown = if seconds < 0.75 { seconds } else { (seconds * 2.0).round() / 2.0 };
    format!("no answer within {shown:.1} s")
}

/// Puts the names that a finding is about into what there is to change. They come last, so that
/// findings which differ in nothing else become one.
pub(super) fn named(mut findings: Vec<Finding>, plan: &Plan) -> Vec<Finding> {
    for finding in &mut findings {
        let mut endpoints: Vec<String> = plan
            .endpoints
            .iter()
            .filter(|endpoint| finding.services.contains(&endpoint.service))
            .filter(|endpoint| endpoint.hosts.iter().any(|host| finding.hosts.contains(host)))
            .map(|endpoint| match &endpoint.endpoint_service_name {
                Some(name) => name.clone(),
                None => format!("of {}", endpoint.hosts.join(", ")),
            })
            .collect();
        // One gateway endpoint serves all names of Amazon S3.
        let mut named = BTreeSet::new();
        endpoints.retain(|name| named.insert(name.clone()));
        let word = if endpoints.len() == 1 { "endpoint" } else { "endpoints" };
        finding.change = finding
            .change
            .replace(ENDPOINTS, &format!("{word} {}", endpoints.join(", ")))
            .replace(HOSTS, &finding.hosts.join(", "));
    }
    findings
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_of_several_is_said_together() {
        assert_eq!(seen_together("a, b: x", "b, c: x"), "a, b, c: x");
        assert_eq!(seen_together("a: x; b: y", "c: y"), "a: x; b, c: y");
        assert_eq!(seen_together("a: x", "b: z"), "a: x; b: z");
        assert_eq!(seen_together("2600::1: x: y", "2600::2: x: y"), "2600::1, 2600::2: x: y");
        assert_eq!(seen_together("a (public)", "b (public)"), "a (public), b (public)");
        assert_eq!(seen_together("a, b", "b"), "a, b");
        assert_eq!(seen_together("a: x", "b is not there"), "a: x; b is not there");
    }

    #[test]
    fn waits_read_alike_on_a_busy_machine() {
        for elapsed_ms in [1492.5, 1500.0, 1673.0] {
            assert_eq!(in_vain(elapsed_ms), "no answer within 1.5 s");
        }
        assert_eq!(in_vain(995.0), "no answer within 1.0 s");
        assert_eq!(in_vain(367.0), "no answer within 0.4 s");
    }
}
