//! A restart of the ECS agent, for a person.

use vpce_probes::findings::EcsAgentCheck;
use vpce_probes::restart::{DecisionWord, Outcome, RestartReport};
use vpce_probes::status::Status;

use super::ecs_agent;
use super::human::Detail;
use super::page::Page;
use super::style::Style;

/// Before, the decision, and what came of it.
pub(super) fn human(report: &RestartReport, detail: Detail, style: Style) -> String {
    let mut page = Page::new(style);
    if detail != Detail::Short {
        agent("Before", report.before.as_ref(), &mut page);
        decision(report, &mut page);
        agent("After", report.after.as_ref(), &mut page);
        if let Some(seen) = &report.seen {
            page.wrapped("  Outcome     ", seen);
        }
        page.line("");
    }
    if detail == Detail::Verbose {
        findings(report, &mut page);
    }
    summary(report, &mut page);
    page.into_text()
}

fn agent(heading: &str, check: Option<&EcsAgentCheck>, page: &mut Page) {
    if let Some(check) = check {
        page.heading(heading);
        let is_note = matches!(check.status, Status::Unknown | Status::Skip);
        ecs_agent::line(check, is_note, page);
    }
}

fn decision(report: &RestartReport, page: &mut Page) {
    page.heading("Decision");
    let word = match report.decision {
        DecisionWord::NothingToDo => "nothing to do",
        DecisionWord::Refused => "refused",
        DecisionWord::Act => "restart",
    };
    page.wrapped(&format!("  {word}: "), &report.reason);
    if let Some(action) = &report.action {
        page.wrapped("  Action      ", &action.to_string());
    }
    for overridden in &report.overridden {
        page.wrapped("  Overridden  ", overridden);
    }
    if let Some(refusal) = &report.refusal {
        page.wrapped("  Instead     ", &refusal.instead);
    }
}

fn findings(report: &RestartReport, page: &mut Page) {
    for finding in &report.findings {
        page.wrapped(&format!("  {}  ", finding.code), finding.code.title());
    }
    if !report.findings.is_empty() {
        page.line("");
    }
}

fn summary(report: &RestartReport, page: &mut Page) {
    let words = match (report.decision, report.outcome) {
        (_, Some(Outcome::Verified)) => "restarted and verified",
        (_, Some(Outcome::NotVerified)) => "restarted, but not verified",
        (_, Some(Outcome::Queued)) => "restart queued",
        (_, Some(Outcome::Failed)) => "not restarted",
        (DecisionWord::Act, None) => "would restart the agent; nothing was done",
        (DecisionWord::NothingToDo, None) => "nothing to do",
        (DecisionWord::Refused, None) => "refused",
    };
    let verdict = report.status.word().to_uppercase();
    let seconds = report.elapsed_ms / 1000.0;
    page.marked_line("", (report.status, &verdict), &format!(" - {words}. {seconds:.1} s."));
}
