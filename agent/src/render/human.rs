//! The report for a person.

use vpce_probes::catalog::Need;
use vpce_probes::findings::{EndpointCheck, Finding};
use vpce_probes::report::Report;
use vpce_probes::status::{Severity, Status};
use vpce_probes::surroundings::{Fact, LaunchType, Surroundings};

use super::check_line::Columns;
use super::style::Style;
use super::verbose;
use super::wrap::{wrapped, wrapped_at};

/// How much is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Detail {
    /// What is not well, and the summary.
    Short,
    /// A line for each check, and more for what is not well.
    Usual,
    /// Everything.
    Verbose,
}

/// The report as text.
pub(super) fn human(report: &Report, detail: Detail, style: Style) -> String {
    let mut page = Page { report, detail, style, told: Vec::new(), text: String::new() };
    if detail != Detail::Short {
        page.text.push_str(&header(report));
    }
    page.general_findings();
    page.checks();
    if detail == Detail::Verbose {
        page.text.push_str(&verbose::details(report, style));
    }
    if !page.text.is_empty() {
        page.text.push('\n');
    }
    page.text.push_str(&summary(report, style));
    page.text
}

struct Page<'a> {
    report: &'a Report,
    detail: Detail,
    style: Style,
    /// Findings that stand on the page already.
    told: Vec<&'a Finding>,
    text: String,
}

impl<'a> Page<'a> {
    /// Findings about the run as a whole, before all others.
    fn general_findings(&mut self) {
        let general: Vec<&Finding> = self
            .report
            .findings
            .iter()
            .filter(|finding| finding.hosts.is_empty())
            .filter(|finding| self.is_shown(finding))
            .collect();
        if general.is_empty() {
            return;
        }
        self.heading("This place");
        for finding in general {
            let word = severity_word(finding.severity);
            let word = self.style.status(finding.severity.status(), word);
            self.text.push_str(&format!("  {word}  {}\n", finding.code.title()));
            self.finding(finding);
        }
    }

    fn checks(&mut self) {
        let columns = Columns::of(&self.report.checks);
        let mut group = None;
        for check in &self.report.checks {
            if self.detail == Detail::Short && check.status == Status::Pass {
                continue;
            }
            if self.detail != Detail::Short && group != Some(&check.group) {
                self.heading(&check.group);
                group = Some(&check.group);
            }
            let (told, new): (Vec<_>, Vec<_>) = self
                .findings_of(check)
                .into_iter()
                .partition(|finding| self.told.contains(finding));
            let told: Vec<_> = told.iter().map(|finding| finding.code.word()).collect();
            self.text.push_str(&columns.line(check, &told, self.style));
            for finding in new {
                self.finding(finding);
            }
        }
    }

    fn findings_of(&self, check: &EndpointCheck) -> Vec<&'a Finding> {
        self.report
            .findings
            .iter()
            .filter(|finding| {
                check.codes.contains(&finding.code)
                    && finding.hosts.contains(&check.host)
                    && finding.services.contains(&check.service)
            })
            .filter(|finding| self.is_shown(finding))
            .collect()
    }

    fn is_shown(&self, finding: &Finding) -> bool {
        self.detail != Detail::Short || finding.severity > Severity::Info
    }

    /// The finding in full. It stands where it appears first; later lines only name it.
    fn finding(&mut self, finding: &'a Finding) {
        let code = finding.code.word();
        self.told.push(finding);
        let mut said = sentence(&finding.seen);
        said.push_str(&finding.meaning);
        self.text.push_str(&wrapped(&format!("        {code}  "), &said));
        self.text.push_str(&wrapped("        Change   ", &finding.change));
    }

    fn heading(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&self.style.heading(text));
        self.text.push('\n');
    }
}

fn header(report: &Report) -> String {
    let surroundings = &report.surroundings;
    let mut parts = vec![value_or(&surroundings.region, "Region unknown"), place(surroundings)];
    let ranges: Vec<_> =
        surroundings.vpc_cidrs.value().into_iter().flatten().map(ToString::to_string).collect();
    match (surroundings.vpc_id.value(), ranges.is_empty()) {
        (Some(id), false) => parts.push(format!("VPC {id} {}", ranges.join(" "))),
        (Some(id), true) => parts.push(format!("VPC {id}")),
        (None, false) => parts.push(format!("VPC {}", ranges.join(" "))),
        (None, true) => {}
    }
    let program = &report.program;
    wrapped_at(2, &format!("{} {} - ", program.name, program.version), &parts.join(", "))
}

fn place(surroundings: &Surroundings) -> String {
    let Some(kind) = surroundings.launch_type.value() else { return "unknown place".to_owned() };
    let id = match kind {
        LaunchType::FargateTask | LaunchType::Ec2Task => surroundings
            .task_arn
            .value()
            .and_then(|arn| arn.rsplit('/').next())
            .map(|id| id.chars().take(32).collect::<String>()),
        _ => surroundings.instance_id.value().cloned(),
    };
    match id {
        Some(id) => format!("{} {id}", kind.description()),
        None => kind.description().to_owned(),
    }
}

fn value_or(fact: &Fact<String>, otherwise: &str) -> String {
    fact.value().cloned().unwrap_or_else(|| otherwise.to_owned())
}

fn summary(report: &Report, style: Style) -> String {
    let counts = &report.summary;
    let is_note =
        |check: &&EndpointCheck| check.status == Status::Warn && check.need == Need::Optional;
    let notes = report.checks.iter().filter(is_note).count();
    let names = [
        (counts.pass, "ok"),
        (notes, if notes == 1 { "note" } else { "notes" }),
        (counts.warn.saturating_sub(notes), "warn"),
        (counts.fail, "fail"),
        (counts.skip, "skipped"),
        (counts.unknown, "unknown"),
    ];
    let counted: Vec<_> = names
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let counted =
        if counted.is_empty() { String::new() } else { format!(": {}", counted.join(", ")) };
    let hosts = if counts.checks == 1 { "host name" } else { "host names" };
    let more = report
        .findings
        .iter()
        .find(|finding| finding.severity > Severity::Info)
        .map(|finding| format!(" Details: vpce-probe explain {}", finding.code))
        .unwrap_or_default();
    let verdict = report.status.word().to_uppercase();
    format!(
        "{} - {} {hosts}{counted}. {:.0} ms.{more}\n",
        style.status(report.status, &verdict),
        counts.checks,
        report.elapsed_ms,
    )
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warn => "warn",
        Severity::Unknown => "????",
        Severity::Fail => "FAIL",
    }
}

/// What was seen as a sentence of its own. Names, such as that of a Region, keep their first letter.
fn sentence(seen: &str) -> String {
    if seen.is_empty() {
        return String::new();
    }
    let first_word = seen.split([' ', ',', ':', ';', '\'']).next().unwrap_or_default();
    if !first_word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return format!("{}. ", seen.trim_end_matches('.'));
    }
    let mut letters = seen.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}. ", letters.as_str().trim_end_matches('.'))
}
