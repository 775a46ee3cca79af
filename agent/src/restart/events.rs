//! Decisions and outcomes as one line of the log each: what was refused, or did not help, is for a
//! person to look at.

use vpce_probes::restart::{Outcome, RestartReport};

/// Logs with the level that this deserves.
macro_rules! log {
    (warn if $is_grave:expr, $($what:tt)*) => {
        if $is_grave { tracing::warn!($($what)*) } else { tracing::info!($($what)*) }
    };
}

/// What was decided, and why.
pub(crate) fn log_decision(report: &RestartReport) {
    let refusal = report.refusal.as_ref();
    let overridden = Some(report.overridden.join("; ")).filter(|all| !all.is_empty());
    log!(
        warn if refusal.is_some(),
        decision = report.decision.word(),
        kind = refusal.map(|refusal| refusal.kind.word()),
        reason = report.reason,
        action = report.action.as_ref().map(ToString::to_string),
        overridden,
        instead = refusal.map(|refusal| refusal.instead.as_str()),
        before = report.before.as_ref().map(|before| before.connection.word()),
        dry_run = report.dry_run.then_some(true),
        "agent-restart"
    );
}

/// What came of it; nothing where nothing was done.
pub(crate) fn log_outcome(report: &RestartReport) {
    let Some(outcome) = report.outcome else { return };
    log!(
        warn if !matches!(outcome, Outcome::Verified | Outcome::Queued),
        outcome = outcome.word(),
        seen = report.seen.as_deref().unwrap_or_default(),
        after = report.after.as_ref().map(|after| after.connection.word()),
        started_unit_again = report.started_unit_again.then_some(true),
        elapsed_ms = report.elapsed_ms,
        "agent-restart"
    );
}

#[cfg(test)]
mod tests {
    use vpce_probes::restart::{Action, Decision, Outcome, Refusal, RefusalKind};

    use super::*;
    use crate::log::logged;

    #[test]
    fn decisions_are_one_line() {
        let refusal = Refusal::new(RefusalKind::TooSoon, "Not \"now\".", "Wait.");
        let refused = RestartReport::new(None, Decision::Refused(refusal), false);
        assert_eq!(
            logged(|| log_decision(&refused)),
            "<4>agent-restart decision=refused kind=too-soon reason=\"Not \\\"now\\\".\" \
             instead=Wait.\n"
        );
        assert_eq!(logged(|| log_outcome(&refused)), "");
        let action = Action::Systemd { unit: "ecs.service".to_owned(), block: true };
        let act = Decision::Act { action, overridden: vec!["a b".to_owned()] };
        let mut acted = RestartReport::new(None, act, true);
        assert_eq!(
            logged(|| log_decision(&acted)),
            "<6>agent-restart decision=act reason=\"A restart was asked for.\" \
             action=\"systemctl restart ecs.service\" overridden=\"a b\" dry_run=true\n"
        );
        acted.ended(Outcome::NotVerified, "");
        acted.started_unit_again = true;
        assert_eq!(
            logged(|| log_outcome(&acted)),
            "<4>agent-restart outcome=not-verified seen=\"\" started_unit_again=true elapsed_ms=0.0\n"
        );
        acted.ended(Outcome::Verified, "Connected.");
        assert!(logged(|| log_outcome(&acted)).starts_with("<6>agent-restart outcome=verified "));
    }
}
