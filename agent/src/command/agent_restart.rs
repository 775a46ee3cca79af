//! Restarting the ECS agent: decides, explains, acts, verifies.

use std::time::{Duration, Instant, SystemTime};

use vpce_probes::ecs_agent::EcsAgentOutside;
use vpce_probes::observe::Budget;
use vpce_probes::report::Report;
use vpce_probes::restart::{
    Action, Attempt, Attempts, Decision, Outcome, Refusal, RefusalKind, RestartReport, Wish,
    decide, is_to_be_confirmed,
};
use vpce_probes::timestamp::milliseconds;

use super::{Failure, ecs_agent, observed, request};
use crate::cli::{FailOn, RestartArgs, SelectionArgs};
use crate::exit_code::Exit;
use crate::progress::Progress;
use crate::restart::{Acted, Lock, NoLock, Record, act, boot, log_decision, log_outcome, verify};
use crate::{log, output, render};

/// Until the second look at an agent that is not connected. Its connections are closed when they are
/// half an hour old, and it connects anew by itself within seconds.
/// Source: amazon-ecs-agent, `ecs-agent/wsclient/client.go`, `DisconnectTimeout`.
const UNTIL_SECOND_LOOK: Duration = Duration::from_secs(5);

pub(super) fn run(args: &RestartArgs, started: Instant) -> Result<Exit, Failure> {
    log::init(args.log);
    let runtime = request::runtime()?;
    let done = runtime.block_on(Restart::of(args).run(started));
    runtime.shutdown_background();
    let report = done?;
    output::write(&render::restart(&report, &args.look.output));
    Ok(exit(&report, args.look.fail_on == FailOn::Warn))
}

fn exit(report: &RestartReport, fail_on_warn: bool) -> Exit {
    match &report.refusal {
        Some(refusal) if refusal.kind == RefusalKind::NotPermitted => Exit::NoPermission,
        Some(refusal) if refusal.kind == RefusalKind::StateDamaged => Exit::Config,
        _ => Exit::of_verdict(report.status, fail_on_warn),
    }
}

struct Restart<'a> {
    args: &'a RestartArgs,
    selection: SelectionArgs,
    wish: Wish,
    record: Record,
}

impl<'a> Restart<'a> {
    fn of(args: &'a RestartArgs) -> Self {
        Self {
            args,
            selection: SelectionArgs::for_the_ecs_agent(),
            wish: Wish {
                if_needed: args.if_needed,
                force: args.force,
                interval: args.restart_interval,
            },
            record: Record::in_folder(&args.state_dir),
        }
    }

    async fn run(&self, started: Instant) -> Result<RestartReport, Failure> {
        // Taken before looking: what is decided is still true when it is done.
        let lock = match self.args.dry_run {
            true => Ok(None),
            false => Lock::take(&self.args.state_dir).map(Some),
        };
        let attempts = match &lock {
            Ok(_) => self.record.read(),
            Err(NoLock::Unusable(refusal)) => Err(refusal.clone()),
            Err(NoLock::Busy(refusal)) => return Ok(self.busy(refusal, started)),
        };
        let mut before = observed::report(&self.args.look, &self.selection, started).await?;
        let last = match &attempts {
            Ok(attempts) => Ok(attempts.last(SystemTime::now(), boot().as_ref())),
            Err(refusal) => Err(refusal.clone()),
        };
        let mut decision = decide(&before, &self.wish, &last);
        if is_to_be_confirmed(&before, &self.wish, &decision) {
            before = self.second_look().await?;
            decision = decide(&before, &self.wish, &last);
        }
        let (decision, mut attempts) = self.written_down(decision, attempts.unwrap_or_default());
        let mut report = RestartReport::new(Some(&before), decision, self.args.dry_run);
        log_decision(&report);
        if let Some(action) = report.action.clone().filter(|_| !self.args.dry_run) {
            self.restart(&action, &before, &mut report).await?;
            self.write_down_outcome(&mut attempts, &report);
        }
        Ok(told(report, started))
    }

    async fn second_look(&self) -> Result<Report, Failure> {
        let mut progress = Progress::on_stderr();
        let seconds = UNTIL_SECOND_LOOK.as_secs();
        progress.show(&format!("the agent is not connected: looking again in {seconds} s"));
        tokio::time::sleep(UNTIL_SECOND_LOOK).await;
        progress.show("the agent was not connected: looking again");
        observed::report(&self.args.look, &self.selection, Instant::now()).await
    }

    fn busy(&self, refusal: &Refusal, started: Instant) -> RestartReport {
        let decision = match self.wish.if_needed {
            true => Decision::NothingToDo { why: refusal.why.clone(), is_well: false },
            false => Decision::Refused(refusal.clone()),
        };
        let report = RestartReport::new(None, decision, false);
        log_decision(&report);
        told(report, started)
    }

    /// Writes an attempt down before it is made. What cannot be written down is not done.
    fn written_down(&self, decision: Decision, mut attempts: Attempts) -> (Decision, Attempts) {
        let Decision::Act { action, .. } = &decision else { return (decision, attempts) };
        if self.args.dry_run {
            return (decision, attempts);
        }
        attempts.add(Attempt::new(SystemTime::now(), boot(), action.to_string()));
        match self.record.write(&attempts) {
            Ok(()) => (decision, attempts),
            Err(refusal) => (Decision::Refused(refusal), attempts),
        }
    }

    async fn restart(
        &self,
        action: &Action,
        before: &Report,
        report: &mut RestartReport,
    ) -> Result<(), Failure> {
        let acted_at = Instant::now();
        let outside = self.outside(before);
        let mut progress = Progress::on_stderr();
        progress.show(&format!("restarting: {action}"));
        let doubt = match act(action, &outside, self.args.verify_timeout).await {
            Acted::Accepted => String::new(),
            Acted::Doubtful(why) => format!("{why}. "),
            Acted::Refused { why, not_permitted } => {
                report.ended(Outcome::Failed, format!("{why}."));
                if not_permitted {
                    report.refusal = Some(Refusal::not_permitted(&[why]));
                }
                return Ok(());
            }
        };
        let left = self.args.verify_timeout.saturating_sub(acted_at.elapsed());
        let look =
            async || observed::report(&self.args.look, &self.selection, Instant::now()).await;
        let seen = before.observations.ecs_agent.as_ref();
        let verified =
            verify(seen, action, !doubt.is_empty(), &outside, left, &mut progress, look).await?;
        report.after = verified.after.and_then(|after| after.ecs_agent);
        report.started_unit_again = verified.started_again;
        report.ended(verified.outcome, format!("{doubt}{}", verified.seen));
        Ok(())
    }

    /// Where the agent was seen, and is looked for again.
    fn outside(&self, before: &Report) -> EcsAgentOutside {
        let environment = request::environment();
        let budget = Budget::divide(Instant::now(), self.args.look.deadline);
        let args = &self.args.look.agent;
        ecs_agent::outside(args, &environment, &before.surroundings, &before.plan, &budget)
            .unwrap_or_else(|| EcsAgentOutside::usual(&environment))
    }

    /// For people; what binds was written down before.
    fn write_down_outcome(&self, attempts: &mut Attempts, report: &RestartReport) {
        if let Some(outcome) = report.outcome {
            attempts.ended(outcome);
            if let Err(refusal) = self.record.write(attempts) {
                output::complain(&refusal.why);
            }
        }
    }
}

fn told(mut report: RestartReport, started: Instant) -> RestartReport {
    report.elapsed_ms = milliseconds(started.elapsed());
    log_outcome(&report);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_say_who_has_to_do_something() {
        let refused = |kind| {
            let decision = Decision::Refused(Refusal::new(kind, "Why.", "Instead."));
            exit(&RestartReport::new(None, decision, false), false)
        };
        assert_eq!(refused(RefusalKind::NotPermitted), Exit::NoPermission);
        assert_eq!(refused(RefusalKind::StateDamaged), Exit::Config);
        assert_eq!(refused(RefusalKind::StateUnusable), Exit::Fail);
        assert_eq!(refused(RefusalKind::TooSoon), Exit::Fail);
        assert_eq!(refused(RefusalKind::Busy), Exit::Fail);
        let nothing = |is_well| {
            let decision = Decision::NothingToDo { why: "Why.".to_owned(), is_well };
            RestartReport::new(None, decision, false)
        };
        assert_eq!(exit(&nothing(false), false), Exit::Pass);
        assert_eq!(exit(&nothing(false), true), Exit::Fail);
        let mut report = nothing(true);
        assert_eq!(exit(&report, true), Exit::Pass);
        for (outcome, expected) in [
            (Outcome::Verified, Exit::Pass),
            (Outcome::Queued, Exit::Pass),
            (Outcome::NotVerified, Exit::Fail),
            (Outcome::Failed, Exit::Fail),
        ] {
            report.ended(outcome, "Seen.");
            assert_eq!(exit(&report, false), expected, "{outcome:?}");
        }
        report.refusal = Some(Refusal::not_permitted(&["socket".to_owned()]));
        assert_eq!(exit(&report, false), Exit::NoPermission);
    }
}
