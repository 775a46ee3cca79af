//! A report in one line.

use std::fmt::Write;

use vpce_probes::printable::printable;
use vpce_probes::report::Report;
use vpce_probes::status::{Severity, Status};

/// Longest line, in bytes: Docker keeps 4,096 of a health check, and tickets are read by people.
const LONGEST: usize = 1_000;

/// The verdict first, then the gravest findings: `fail: 14 host names, 13 ok, 1 fail; VPCE101
/// ecs-telemetry: The name resolves to public addresses`. Plain ASCII, without a newline.
pub(crate) fn line(report: &Report) -> String {
    standing_line(report, report.status)
}

/// The same of the last of several checks, which amount to this verdict: `pass (last check: fail):
/// 14 host names, ...`.
pub(crate) fn standing_line(report: &Report, verdict: Status) -> String {
    let mut line = verdict.word().to_owned();
    // Writing to a String cannot fail.
    if verdict != report.status {
        let _ = write!(line, " (last check: {})", report.status.word());
    }
    let summary = report.summary;
    let names = if summary.checks == 1 { "host name" } else { "host names" };
    let _ = write!(line, ": {} {names}, {} ok", summary.checks, summary.pass);
    for (count, word) in [
        (summary.note, "note"),
        (summary.warn, "warn"),
        (summary.fail, "fail"),
        (summary.unknown, "unknown"),
        (summary.skip, "skip"),
    ] {
        if count > 0 {
            let _ = write!(line, ", {count} {word}");
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        let services = finding.services.join(",");
        let whose = if services.is_empty() { "" } else { " " };
        let (code, title) = (finding.code, finding.code.title().trim_end_matches('.'));
        let _ = write!(line, "; {code}{whose}{services}: {title}");
    }
    cut(printable(&line))
}

/// Plain ASCII, cut to what a line may have.
fn cut(mut line: String) -> String {
    if line.len() > LONGEST {
        line.truncate(LONGEST - 3);
        line.push_str("...");
    }
    line
}

#[cfg(test)]
mod tests {
    use vpce_probes::findings::{Code, Finding};
    use vpce_probes::observation::Observations;
    use vpce_probes::plan::Plan;
    use vpce_probes::report::Summary;
    use vpce_probes::surroundings::Surroundings;

    use super::*;

    fn report(status: Status, findings: &[(Severity, &str)]) -> Report {
        let mut report =
            Report::new(Surroundings::default(), Plan::default(), Observations::default());
        let finding = |(severity, service): &(Severity, &str)| Finding {
            code: Code::ALL[0],
            severity: *severity,
            seen: String::new(),
            meaning: String::new(),
            change: String::new(),
            services: vec![(*service).to_owned()],
            hosts: Vec::new(),
        };
        report.findings = findings.iter().map(finding).collect();
        report.summary = Summary { checks: 14, pass: 12, note: 1, fail: 1, ..Summary::default() };
        report.status = status;
        report
    }

    #[test]
    fn the_verdict_comes_first_and_what_is_only_worth_knowing_not_at_all() {
        let report = report(Status::Fail, &[(Severity::Fail, "ecs"), (Severity::Info, "s3")]);
        let found = "14 host names, 12 ok, 1 note, 1 fail; VPCE001 ecs: The Region is not known";
        assert_eq!(line(&report), format!("fail: {found}"));
        let standing = standing_line(&report, Status::Pass);
        assert_eq!(standing, format!("pass (last check: fail): {found}"));
    }

    #[test]
    fn a_line_is_short_and_ascii_whatever_is_found() {
        let report = report(Status::Fail, &[(Severity::Fail, "\u{202e}\n\u{1b}[2J"); 100]);
        let line = line(&report);
        assert!(line.len() <= LONGEST && line.ends_with("..."), "{line}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
    }
}
