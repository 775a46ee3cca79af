//! The report for a person.

use vpce_probes::findings::{EcsAgentCheck, EndpointCheck, Finding};
use vpce_probes::report::Report;
use vpce_probes::status::{Severity, Status};
use vpce_probes::surroundings::{Fact, LaunchType, Surroundings};

use super::check_line::Columns;
use super::ecs_agent;
use super::page::Page;
use super::reasons::lines_for;
use super::style::{Style, mark};
use super::verbose;
use crate::cli::OutputArgs;

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

impl Detail {
    /// What the caller asked for.
    pub(super) fn of(args: &OutputArgs) -> Self {
        match (args.short, args.verbose) {
            (true, _) => Self::Short,
            (_, true) => Self::Verbose,
            _ => Self::Usual,
        }
    }
}

/// The report as text.
pub(super) fn human(report: &Report, detail: Detail, style: Style) -> String {
    told(report, None, detail, style)
}

/// The report as text, with when it was made.
pub(super) fn saved(report: &Report, detail: Detail, style: Style) -> String {
    told(report, Some(format!("saved report of {}", report.started_at)), detail, style)
}

fn told(report: &Report, made: Option<String>, detail: Detail, style: Style) -> String {
    let mut writer = Writer { report, detail, told: Vec::new(), page: Page::new(style) };
    if detail != Detail::Short {
        header(report, made, &mut writer.page);
    }
    writer.general_findings();
    writer.checks();
    writer.ecs_agent(false);
    let mut page = writer.page;
    if let Some(check) = report.ecs_agent.as_ref().filter(|_| detail == Detail::Verbose) {
        ecs_agent::facts(check, report.observations.ecs_agent.as_ref(), &mut page);
    }
    closed(page, report, detail)
}

/// The ECS agent first and in full, then what it needs.
pub(super) fn agent_status(report: &Report, detail: Detail, style: Style) -> String {
    let mut writer = Writer { report, detail, told: Vec::new(), page: Page::new(style) };
    if detail != Detail::Short {
        header(report, None, &mut writer.page);
    }
    writer.ecs_agent(true);
    if let Some(check) = report.ecs_agent.as_ref().filter(|_| detail != Detail::Short) {
        ecs_agent::facts(check, report.observations.ecs_agent.as_ref(), &mut writer.page);
    }
    writer.general_findings();
    writer.checks();
    closed(writer.page, report, detail)
}

/// The page with what stands behind the checks, where that is wanted, and the summary.
fn closed(mut page: Page, report: &Report, detail: Detail) -> String {
    if detail == Detail::Verbose {
        verbose::details(report, &mut page);
    }
    if !page.is_empty() {
        page.line("");
    }
    summary(report, &mut page);
    page.into_text()
}

struct Writer<'a> {
    report: &'a Report,
    detail: Detail,
    /// Findings that stand on the page already.
    told: Vec<&'a Finding>,
    page: Page,
}

impl<'a> Writer<'a> {
    /// Findings about the run as a whole, before all others.
    fn general_findings(&mut self) {
        let general: Vec<&Finding> = self
            .report
            .findings
            .iter()
            .filter(|finding| finding.hosts.is_empty() && !self.is_of_agent(finding))
            .filter(|finding| self.is_shown(finding))
            .collect();
        if general.is_empty() {
            return;
        }
        self.page.heading("This place");
        for finding in general {
            let mark = mark(finding.severity.status(), finding.severity == Severity::Info);
            self.page.marked_line("  ", mark, &format!("  {}", finding.code.title()));
            self.finding(finding);
        }
    }

    fn checks(&mut self) {
        let columns = Columns::of(&self.report.checks);
        let mut group = None;
        for check in &self.report.checks {
            if self.detail == Detail::Short && (check.status == Status::Pass || check.is_note()) {
                continue;
            }
            if self.detail != Detail::Short && group != Some(&check.group) {
                self.page.heading(&check.group);
                group = Some(&check.group);
            }
            let (told, new): (Vec<_>, Vec<_>) = self
                .findings_of(check)
                .into_iter()
                .partition(|finding| self.told.contains(finding));
            let told: Vec<_> = told.iter().map(|finding| finding.code.word()).collect();
            columns.line(check, &told, &mut self.page);
            for finding in new {
                self.finding(finding);
            }
            if let Some(lines) = lines_for(self.report, check) {
                self.page.wrapped("        For      ", &lines);
            }
            for note in self.notes_of(check) {
                self.page.wrapped("        Note     ", note);
            }
        }
    }

    /// The ECS agent, where it is asked for or there is something to say of it.
    fn ecs_agent(&mut self, is_asked_for: bool) {
        let Some(check) = &self.report.ecs_agent else { return };
        let findings: Vec<&Finding> = self
            .report
            .findings
            .iter()
            .filter(|finding| self.is_of_agent(finding) && self.is_shown(finding))
            .collect();
        let nothing_to_say = match self.detail {
            Detail::Short => check.status == Status::Pass || check.is_note(),
            // What no task can see is no news to any of them.
            Detail::Usual => check.is_note() && check.version.is_none(),
            Detail::Verbose => false,
        };
        if nothing_to_say && !is_asked_for && findings.is_empty() {
            return;
        }
        if self.detail != Detail::Short {
            self.page.heading("ECS agent");
        }
        ecs_agent::line(check, is_agent_a_note(self.report, check), &mut self.page);
        for finding in findings {
            self.finding(finding);
        }
    }

    fn is_of_agent(&self, finding: &Finding) -> bool {
        self.report.ecs_agent.as_ref().is_some_and(|check| check.codes.contains(&finding.code))
    }

    /// What the plan says of the endpoint, at the first of its names.
    fn notes_of(&self, check: &EndpointCheck) -> &'a [String] {
        let endpoint = self.report.plan.endpoints.iter().find(|endpoint| {
            endpoint.service == check.service
                && endpoint.label == check.label
                && endpoint.hosts.first() == Some(&check.host)
        });
        match self.detail {
            Detail::Usual => endpoint.map_or(&[], |endpoint| &endpoint.notes),
            Detail::Short | Detail::Verbose => &[],
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
        // A note about the whole run may be what explains a failure.
        let may_explain = finding.hosts.is_empty() && self.report.status != Status::Pass;
        self.detail != Detail::Short || finding.severity > Severity::Info || may_explain
    }

    /// The finding in full. It stands where it appears first; later lines only name it.
    fn finding(&mut self, finding: &'a Finding) {
        let code = finding.code.word();
        self.told.push(finding);
        let mut said = sentence(&finding.seen);
        said.push_str(&finding.meaning);
        self.page.wrapped(&format!("        {code}  "), &said);
        self.page.wrapped("        Change   ", &finding.change);
    }
}

/// `made` is what is said of a report that is not of this run.
fn header(report: &Report, made: Option<String>, page: &mut Page) {
    let surroundings = &report.surroundings;
    let mut parts: Vec<String> = made.into_iter().collect();
    parts.extend([value_or(&surroundings.region, "Region unknown"), place(surroundings)]);
    let ranges: Vec<_> =
        surroundings.vpc_cidrs.value().into_iter().flatten().map(ToString::to_string).collect();
    match (surroundings.vpc_id.value(), ranges.is_empty()) {
        (Some(id), false) => parts.push(format!("VPC {id} {}", ranges.join(" "))),
        (Some(id), true) => parts.push(format!("VPC {id}")),
        (None, false) => parts.push(format!("VPC {}", ranges.join(" "))),
        (None, true) => {}
    }
    let program = &report.program;
    let first = format!("{} {} - ", program.name, program.version);
    page.wrapped_at(2, &first, &parts.join(", "));
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

fn summary(report: &Report, page: &mut Page) {
    let counts = &report.summary;
    let names = [
        (counts.pass, "ok"),
        (counts.note, if counts.note == 1 { "note" } else { "notes" }),
        (counts.warn, "warn"),
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
    let agent = report.ecs_agent.as_ref().filter(|check| !is_agent_a_note(report, check));
    let agent =
        agent.map(|check| format!("; agent {}", ecs_agent::word(check))).unwrap_or_default();
    let verdict = report.status.word().to_uppercase();
    let counts =
        format!(" - {} {hosts}{counted}{agent}. {:.0} ms.{more}", counts.checks, report.elapsed_ms);
    page.marked_line("", (report.status, &verdict), &counts);
}

/// What is not known of an agent that nobody asked for is a note.
fn is_agent_a_note(report: &Report, check: &EcsAgentCheck) -> bool {
    let asked_for = report.plan.ecs_agent.as_ref().is_some_and(|planned| planned.asked_for);
    check.is_note() && !asked_for
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
