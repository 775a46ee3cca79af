//! The gate: an agent that is restarted while its endpoints do not work does not come back.

use super::decision::{Refusal, RefusalKind};
use crate::catalog::Expectation;
use crate::ecs_agent::ECS_SERVICES;
use crate::findings::EndpointCheck;
use crate::report::Report;
use crate::status::Status;

/// What stands against a restart: one entry for each host name that is not as it should be.
pub(super) fn troubles(report: &Report) -> Vec<String> {
    ECS_SERVICES.iter().flat_map(|service| troubles_of(report, service)).collect()
}

/// The refusal for these troubles.
pub(super) fn refusal(report: &Report, troubles: &[String]) -> Refusal {
    let mut codes: Vec<&str> = Vec::new();
    for check in gate_checks(report).filter(|check| !is_ready(check)) {
        for code in check.codes.iter().map(|code| code.word()) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    let instead = match codes.first() {
        Some(first) => format!(
            "Fix {} first (vpce-probe explain {first}). The agent comes up by itself when it waits for its endpoints; --force restarts it all the same.",
            codes.join(", ")
        ),
        None => "Run vpce-probe to see more, and try again with a longer --deadline. --force restarts the agent all the same.".to_owned(),
    };
    Refusal::new(
        RefusalKind::EndpointsNotReady,
        format!("An agent that is restarted now may not come back: {}.", troubles.join("; ")),
        instead,
    )
}

fn gate_checks(report: &Report) -> impl Iterator<Item = &EndpointCheck> {
    report.checks.iter().filter(|check| ECS_SERVICES.contains(&check.service.as_str()))
}

fn troubles_of(report: &Report, service: &str) -> Vec<String> {
    let mut checks = report.checks.iter().filter(|check| check.service == service).peekable();
    if checks.peek().is_none() {
        return vec![format!("{service} was not checked")];
    }
    checks.filter(|check| !is_ready(check)).map(words).collect()
}

/// Whether the agent can use it: it passes, or it works on private addresses only and the warning
/// is about something else.
fn is_ready(check: &EndpointCheck) -> bool {
    match check.status {
        Status::Pass => true,
        Status::Warn if check.expectation == Expectation::Private => {
            let mut used = check.addresses.iter().filter(|address| address.status != Status::Skip);
            let works = check.addresses.iter().any(|address| address.status == Status::Pass);
            works && used.all(|address| address.class.is_private())
        }
        _ => false,
    }
}

fn words(check: &EndpointCheck) -> String {
    let codes: Vec<&str> = check.codes.iter().map(|code| code.word()).collect();
    let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    format!("{} {} is {}{codes}", check.service, check.host, check.status.word())
}
