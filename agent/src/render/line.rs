//! A report in one line.

use vpce_probes::report::Report;
use vpce_probes::status::{Severity, Status};

/// Longest line, in bytes: Docker keeps 4,096 of a health check, and tickets are read by people.
const LONGEST: usize = 1_000;

/// The verdict first, then the gravest findings: `fail: 14 checks, 13 ok, 1 fail; VPCE101
/// ecs-telemetry: The name resolves to public addresses.` Plain ASCII, without a newline.
pub(crate) fn line(report: &Report) -> String {
    let summary = report.summary;
    let mut line =
        format!("{}: {} checks, {} ok", report.status.word(), summary.checks, summary.pass);
    for (count, status) in [
        (summary.warn, Status::Warn),
        (summary.fail, Status::Fail),
        (summary.unknown, Status::Unknown),
        (summary.skip, Status::Skip),
    ] {
        if count > 0 {
            line.push_str(&format!(", {count} {}", status.word()));
        }
    }
    for finding in report.findings.iter().filter(|finding| finding.severity != Severity::Info) {
        let services = finding.services.join(",");
        let whose = if services.is_empty() { services } else { format!(" {services}") };
        line.push_str(&format!("; {}{whose}: {}", finding.code, finding.code.title()));
    }
    cut(vpce_probes::printable::printable(&line))
}

fn cut(mut line: String) -> String {
    if line.len() > LONGEST {
        let end = (0..=LONGEST - 3).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
        line.truncate(end);
        line.push_str("...");
    }
    line
}
