//! Decisions and outcomes as one line each, `key=value`, for the journal.

use std::fmt::Write;

use vpce_probes::restart::RestartReport;

/// What was decided, and why.
pub(crate) fn of_decision(report: &RestartReport) -> String {
    let mut line = Line::new();
    line.add("decision", report.decision.word());
    if let Some(refusal) = &report.refusal {
        line.add("kind", refusal.kind.word());
    }
    line.add("reason", &report.reason);
    if let Some(action) = &report.action {
        line.add("action", &action.to_string());
    }
    if !report.overridden.is_empty() {
        line.add("overridden", &report.overridden.join("; "));
    }
    if let Some(refusal) = &report.refusal {
        line.add("instead", &refusal.instead);
    }
    if let Some(before) = &report.before {
        line.add("before", before.connection.word());
    }
    if report.dry_run {
        line.add("dry_run", "true");
    }
    line.0
}

/// What came of it; none where nothing was done.
pub(crate) fn of_outcome(report: &RestartReport) -> Option<String> {
    let outcome = report.outcome?;
    let mut line = Line::new();
    line.add("outcome", outcome.word());
    line.add("seen", report.seen.as_deref().unwrap_or_default());
    if let Some(after) = &report.after {
        line.add("after", after.connection.word());
    }
    if report.started_unit_again {
        line.add("started_unit_again", "true");
    }
    line.add("elapsed_ms", &format!("{:.0}", report.elapsed_ms));
    Some(line.0)
}

struct Line(String);

impl Line {
    fn new() -> Self {
        Self("agent-restart".to_owned())
    }

    fn add(&mut self, key: &str, value: &str) {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.:/".contains(c);
        let quoted = match !value.is_empty() && value.chars().all(is_word) {
            true => value.to_owned(),
            false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        };
        // Writing to a String cannot fail.
        let _ = write!(self.0, " {key}={quoted}");
    }
}

#[cfg(test)]
mod tests {
    use vpce_probes::restart::{Action, Decision, Outcome, Refusal, RefusalKind};

    use super::*;

    #[test]
    fn decisions_are_one_line() {
        let refusal = Refusal::new(RefusalKind::TooSoon, "Not \"now\".", "Wait.");
        let refused = RestartReport::new(None, Decision::Refused(refusal), false);
        assert_eq!(
            of_decision(&refused),
            r#"agent-restart decision=refused kind=too-soon reason="Not \"now\"." instead=Wait."#
        );
        assert_eq!(of_outcome(&refused), None);
        let action = Action::Systemd { unit: "ecs.service".to_owned(), block: true };
        let act = Decision::Act { action, overridden: vec!["a b".to_owned()] };
        let mut acted = RestartReport::new(None, act, true);
        assert_eq!(
            of_decision(&acted),
            r#"agent-restart decision=act reason="A restart was asked for." action="systemctl restart ecs.service" overridden="a b" dry_run=true"#
        );
        acted.ended(Outcome::NotVerified, "");
        acted.started_unit_again = true;
        assert_eq!(
            of_outcome(&acted).unwrap(),
            r#"agent-restart outcome=not-verified seen="" started_unit_again=true elapsed_ms=0"#
        );
    }
}
