//! Checks until everything that is required passes.

use std::time::{Duration, Instant};

use tokio::time::{sleep, sleep_until};
use vpce_probes::findings::{Code, Finding};
use vpce_probes::report::Report;
use vpce_probes::status::Status;
use vpce_probes::timestamp::milliseconds;
use vpce_probes::waiting::beyond_waiting;

use super::observed::Checker;
use super::{Failure, request};
use crate::cli::{FailOn, LogFormat, WaitArgs};
use crate::exit_code::Exit;
use crate::progress::Progress;
use crate::signals::Endings;
use crate::wait::{Change, Pace, Standings};
use crate::watch::chance;
use crate::{log, output, render};

/// Between two turns of what turns on a terminal.
const TURN: Duration = Duration::from_millis(250);

/// What a check is given even where it begins too late.
const LEAST: Duration = Duration::from_millis(10);

pub(super) fn run(args: &'static WaitArgs, started: Instant) -> Result<Exit, Failure> {
    log::init(args.log);
    let runtime = request::runtime()?;
    let done = runtime.block_on(waited(args, started));
    runtime.shutdown_background();
    let Waited { last, exit, write_until } = done?;
    if let Some(report) = last {
        let text = render::report(&report, &args.look.output);
        output::write_until(text, write_until);
    }
    Ok(exit)
}

/// What came of it.
struct Waited {
    /// The last report; there is none when a signal came before.
    last: Option<Report>,
    exit: Exit,
    /// When the report has to be written.
    write_until: Instant,
}

async fn waited(args: &'static WaitArgs, started: Instant) -> Result<Waited, Failure> {
    let mut signals = Endings::catch()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot catch signals: {error}")))?;
    let timeout_s = args.timeout.as_secs_f64();
    tracing::info!("Waiting until what is required passes, for at most {timeout_s} s");
    let for_files = started + args.look.deadline.min(args.timeout);
    let checker = tokio::select! {
        biased;
        () = signals.next() => {
            tracing::info!("Ended by a signal");
            return Ok(Waited { last: None, exit: Exit::Fail, write_until: started });
        }
        checker = Checker::read(&args.look, &args.selection, for_files) => checker?,
    };
    let wait = Wait {
        args,
        checker: checker.without_ecs_agent(),
        started,
        until: started + args.timeout,
        signals,
        progress: match args.log.log_format {
            LogFormat::Text => Progress::on_stderr(),
            LogFormat::Json => Progress::none(),
        },
        standings: Standings::default(),
        checks: 0,
        deadline: args.look.deadline,
    };
    wait.run().await
}

struct Wait<'a> {
    args: &'a WaitArgs,
    checker: Checker<'a>,
    started: Instant,
    until: Instant,
    signals: Endings,
    progress: Progress,
    standings: Standings,
    checks: u32,
    /// What the last check was given; towards the end it is less than the caller wants.
    deadline: Duration,
}

/// Why it ends.
enum Why {
    Passes,
    CannotHelp(Finding),
    TimeOver,
    Signal,
}

impl Wait<'_> {
    async fn run(mut self) -> Result<Waited, Failure> {
        let fail_on_warn = self.args.look.fail_on == FailOn::Warn;
        let mut pace = Pace::until(self.until);
        let mut last = None;
        let mut suspected: Option<Code> = None;
        loop {
            let began = Instant::now();
            let Some(report) = self.check(began).await? else {
                return Ok(self.ended(last, &Why::Signal));
            };
            let took = began.elapsed();
            self.progress.clear();
            tracing::debug!(elapsed_ms = report.elapsed_ms, "Checked: {}", render::line(&report));
            let passes = Exit::of_verdict(report.status, fail_on_warn) == Exit::Pass;
            if passes || last.is_none() || !self.was_hurried(took) {
                let has_changed = self.compare(&report, fail_on_warn);
                if passes {
                    return Ok(self.ended(Some(report), &Why::Passes));
                }
                // While a machine boots, the metadata may tell one half before the other: what is
                // seen once may be of that moment.
                let hopeless = beyond_waiting(&report, fail_on_warn).cloned();
                let code = hopeless.as_ref().map(|finding| finding.code);
                match hopeless {
                    Some(finding) if code == suspected => {
                        return Ok(self.ended(Some(report), &Why::CannotHelp(finding)));
                    }
                    _ => suspected = code,
                }
                if has_changed || suspected.is_some() {
                    pace.hurry();
                }
                last = Some(report);
            }
            let deadline = self.args.look.deadline;
            let Some(next) = pace.next(Instant::now(), took, deadline, chance()) else {
                return Ok(self.ended(last, &Why::TimeOver));
            };
            if self.is_ended_before(next).await {
                return Ok(self.ended(last, &Why::Signal));
            }
        }
    }

    /// One look; `None` when a signal comes first.
    async fn check(&mut self, began: Instant) -> Result<Option<Report>, Failure> {
        self.checks += 1;
        let left = self.until.saturating_duration_since(began).max(LEAST);
        self.deadline = self.args.look.deadline.min(left);
        let (missing, deadline) = (self.standings.missing(), self.deadline);
        tokio::select! {
            biased;
            () = self.signals.next() => Ok(None),
            report = self.checker.report_within(began, deadline) => report.map(Some),
            () = turn(&mut self.progress, self.until, &missing) => Ok(None),
        }
    }

    /// Whether a check may have waited less for something than the caller wants, because the end was
    /// near. If it does not pass, the one before tells more.
    fn was_hurried(&self, took: Duration) -> bool {
        // No step of a check waits in vain for less than a quarter of its deadline.
        self.deadline < self.args.look.deadline && took > self.deadline / 5
    }

    /// Waits for a moment; whether a signal comes first.
    async fn is_ended_before(&mut self, moment: Instant) -> bool {
        let missing = self.standings.missing();
        tokio::select! {
            biased;
            () = self.signals.next() => true,
            () = sleep_until(moment.into()) => false,
            () = turn(&mut self.progress, self.until, &missing) => true,
        }
    }

    /// Tells what is not as it was at the last check; whether anything is.
    fn compare(&mut self, report: &Report, fail_on_warn: bool) -> bool {
        let now = Standings::of(report, fail_on_warn);
        let changes = now.changes_since(&self.standings);
        self.standings = now;
        changes.iter().for_each(tell);
        !changes.is_empty()
    }

    fn ended(mut self, last: Option<Report>, why: &Why) -> Waited {
        self.progress.clear();
        let now = Instant::now();
        let elapsed_ms = milliseconds(now - self.started);
        let (checks, missing) = (self.checks, self.standings.missing());
        match why {
            Why::Passes => tracing::info!(elapsed_ms, checks, "What is required passes"),
            Why::CannotHelp(finding) => tracing::warn!(
                elapsed_ms,
                checks,
                code = finding.code.word(),
                "Waiting cannot help: {} {} ({})",
                finding.code,
                finding.code.title(),
                finding.seen
            ),
            Why::TimeOver => tracing::warn!(
                elapsed_ms,
                checks,
                "The time is over, and this does not pass: {missing}"
            ),
            Why::Signal => tracing::info!(elapsed_ms, checks, "Ended by a signal"),
        }
        let (exit, write_until) = match why {
            Why::Passes => (Exit::Pass, now + self.args.look.deadline),
            Why::CannotHelp(_) => (Exit::Fail, now + self.args.look.deadline),
            Why::TimeOver => (Exit::Fail, self.until),
            Why::Signal => (Exit::Fail, now),
        };
        Waited { last, exit, write_until: write_until.min(self.until) }
    }
}

fn tell(change: &Change) {
    tracing::info!(
        service = change.service.as_deref(),
        host = change.host.as_deref(),
        from = change.from.map(Status::word),
        to = change.to.word(),
        code = change.code.map(Code::word),
        "{}",
        change.words
    );
}

/// Shows for ever how far it is, where somebody sees it.
async fn turn(progress: &mut Progress, until: Instant, missing: &str) {
    if !progress.is_wanted() {
        return std::future::pending().await;
    }
    for sign in ["|", "/", "-", "\\"].into_iter().cycle() {
        let left_s = until.saturating_duration_since(Instant::now()).as_secs();
        let what = if missing.is_empty() { "checking" } else { missing };
        progress.show(&format!("{sign} {left_s} s left: {what}"));
        sleep(TURN).await;
    }
}
