//! What is read to be judged and printed again.

use serde_json::Value;
use vpce_probes::error_text;
use vpce_probes::fix::Fix;
use vpce_probes::fuzzing::{CATALOG, assert_round_trip};
use vpce_probes::report::Report;
use vpce_probes::status::Status;

use crate::cli::{ColorArg, FixFormat, OutputArgs};
use crate::render::{self, Exposition};
use crate::watch::Standing;

/// A saved report: judged, and printed in every form.
pub fn saved_report(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let report = match Report::from_saved(text) {
        Ok(report) => report,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let worst = report.findings.iter().map(|finding| finding.severity.status());
    let worst = worst.fold(Status::Pass, Status::worst);
    assert!(report.status == report.status.worst(worst), "{:?}", report.findings);
    let json = render::json(&report);
    let again = Report::from_saved(&json).ok();
    let again = again.map(|again| (again.status, again.findings, again.summary, again.checks));
    let first = (report.status, report.findings.clone(), report.summary, report.checks.clone());
    assert!(again == Some(first), "{json}");
    for args in forms() {
        assert_plain(&render::saved_report(&report, &args));
        assert_plain(&render::agent_status(&report, &args));
    }
    assert_plain(&render::line(&report));
    for form in [Exposition::Text, Exposition::OpenMetrics] {
        assert_metrics(&render::metrics(&report, Some(&standing(&report)), form));
    }
    for line in render::emf(&report, &standing(&report)).lines() {
        assert_plain(line);
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|it| it.is_object()), "{line}");
    }
    if let Some(Ok(fix)) = CATALOG.as_ref().map(|catalog| Fix::of(&report, catalog, &[])) {
        for format in [FixFormat::Cli, FixFormat::Terraform, FixFormat::Cloudformation] {
            assert_plain(&render::fix(&fix, format));
        }
    }
}

/// An error text that somebody wants explained.
pub fn error_text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Some(catalog) = CATALOG.as_ref() else { return };
    // Reading all names takes longer than reading the text.
    let may_be_a_name = text.len() < 64;
    let named = may_be_a_name.then(|| error_text::by_name(catalog, text.trim()).ok()).flatten();
    let named = named.flatten();
    let read = error_text::read(catalog, &text).ok();
    assert!(read.is_some(), "the texts are damaged");
    for explained in named.iter().chain(&read) {
        assert_round_trip(explained);
        forms().iter().for_each(|args| assert_plain(&render::text_explanation(explained, args)));
        let is_of_the_text = |line| line >= 1 && line <= text.lines().count().max(1);
        assert!(explained.matches.iter().all(|found| is_of_the_text(found.line)), "{text:?}");
        let checked = explained.to_check();
        assert!(checked.is_none() || !explained.is_empty() || !explained.services.is_empty());
    }
}

/// A terminal sees nothing but printable ASCII, and lines.
fn assert_plain(text: &str) {
    let strange = text.bytes().find(|byte| *byte != b'\n' && !(b' '..=b'~').contains(byte));
    assert!(strange.is_none(), "{strange:?} in {text:?}");
}

/// Every line is a comment or a sample, and the last one has an end.
fn assert_metrics(text: &str) {
    assert!(text.ends_with('\n'), "{text:?}");
    for line in text.lines() {
        let is_sample = line.starts_with("vpce_probe_")
            && line.rsplit_once(' ').is_some_and(|(_, value)| value.parse::<f64>().is_ok());
        assert!(is_sample || line.starts_with("# "), "{line:?}");
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
}

fn forms() -> [OutputArgs; 4] {
    let plain = || OutputArgs { json: false, short: false, verbose: false, color: ColorArg::Never };
    [
        plain(),
        OutputArgs { json: true, ..plain() },
        OutputArgs { short: true, ..plain() },
        OutputArgs { verbose: true, ..plain() },
    ]
}

fn standing(report: &Report) -> Standing {
    Standing {
        verdict: report.status,
        is_healthy: report.status == Status::Pass,
        since: std::time::SystemTime::UNIX_EPOCH,
        changes: 0,
        latest: report.status,
        checks: vec![(report.status, 1)],
        lines_lost: 0,
    }
}
