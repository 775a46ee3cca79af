//! From the report of a check to what everybody is told of it.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use vpce_probes::event::{Change, Event};
use vpce_probes::report::Report;
use vpce_probes::status::Status;

use super::event_line::event_line;
use super::history::History;
use super::outlet::Outlet;
use super::settled::Settled;
use super::{Checked, Metrics, Standing};
use crate::exit_code::Exit;
use crate::render::{self, Exposition};
use crate::textfile;

/// Time for the last lines to be read when the program ends.
const LAST_LINES: Duration = Duration::from_millis(30);

/// What is wanted of a teller.
#[derive(Clone, Debug)]
pub(crate) struct Wants {
    pub(crate) fail_after: u8,
    pub(crate) recover_after: u8,
    pub(crate) fail_on_warn: bool,
    pub(crate) emf: bool,
    pub(crate) textfile: Option<std::path::PathBuf>,
}

/// Knows what the checks so far amount to, and tells it.
#[derive(Debug)]
pub(crate) struct Teller {
    wants: Wants,
    stdout: Outlet,
    settled: Settled,
    standing: Option<Standing>,
    /// When the verdict became what it is.
    changed: Instant,
    failure: Option<Bytes>,
    history: History,
    /// Whether the textfile could not be written the last time.
    is_unwritten: bool,
}

impl Teller {
    /// Nothing is told yet.
    pub(crate) fn new(wants: Wants, stdout: Outlet) -> Self {
        Self {
            settled: Settled::new(wants.fail_after, wants.recover_after),
            wants,
            stdout,
            standing: None,
            changed: Instant::now(),
            failure: None,
            history: History::new(),
            is_unwritten: false,
        }
    }

    /// Takes one more check into account.
    pub(crate) fn tell(&mut self, report: &Report) -> Checked {
        let change = self.settled.add(report.status, &report.started_at);
        let standing = self.stands(report.status, change.as_ref());
        let line = render::standing_line(report, standing.verdict);
        if let Some(change) = change {
            self.tell_change(change, &standing, report, &line);
        }
        if self.wants.emf {
            self.stdout.put(render::emf(report, &standing));
        }
        tracing::debug!(status = report.status.word(), elapsed_ms = report.elapsed_ms, "Checked");
        let json = Bytes::from(render::json(report));
        let is_good = self.is_good(report.status);
        if !is_good {
            self.failure = Some(json.clone());
        }
        let text = render::metrics(report, Some(&standing), Exposition::Text);
        self.write_down(&text);
        let open_metrics = render::metrics(report, Some(&standing), Exposition::OpenMetrics);
        Checked {
            at: Instant::now(),
            standing,
            line,
            metrics: Metrics { text: text.into(), open_metrics: open_metrics.into() },
            report: json,
            failure: self.failure.clone(),
            history: self.history.add(report, is_good),
        }
    }

    /// Nothing more is told; what waits for a reader still gets a moment.
    pub(crate) fn end(self) {
        self.stdout.end(LAST_LINES);
    }

    /// How things stand after a check with this status.
    fn stands(&mut self, latest: Status, change: Option<&Change>) -> Standing {
        let mut standing = self.standing.take().unwrap_or_else(|| Standing {
            verdict: latest,
            is_healthy: false,
            since: SystemTime::now(),
            changes: 0,
            latest,
            checks: Vec::new(),
            lines_lost: 0,
        });
        if let Some(change) = change {
            standing.verdict = change.to;
            standing.since = SystemTime::now();
            standing.changes += u64::from(change.from.is_some());
        }
        standing.is_healthy = self.is_good(standing.verdict);
        standing.latest = latest;
        count(&mut standing.checks, latest);
        standing.lines_lost = self.stdout.lost();
        self.standing = Some(standing.clone());
        standing
    }

    /// On stdout, unless that belongs to CloudWatch, and in the log, where people look.
    fn tell_change(&mut self, change: Change, standing: &Standing, report: &Report, line: &str) {
        let held = self.changed.elapsed();
        self.changed = Instant::now();
        let from = change.from.map(Status::word);
        let what = if from.is_none() { "The first verdict" } else { "The verdict has changed" };
        if standing.is_healthy {
            tracing::info!(from, line, "{what}");
        } else {
            tracing::warn!(from, line, "{what}");
        }
        if !self.wants.emf {
            let previous = change.from.map(|_| held);
            let event = Event::of(change, standing.is_healthy, previous, report);
            self.stdout.put(event_line(event));
        }
    }

    /// In the textfile. That this does not succeed is told once, and not at every check.
    fn write_down(&mut self, metrics: &str) {
        let Some(path) = &self.wants.textfile else { return };
        let written = textfile::write(path, metrics);
        let was_unwritten = std::mem::replace(&mut self.is_unwritten, written.is_err());
        if let (Err(error), false) = (written, was_unwritten) {
            tracing::warn!(path = %path.display(), %error, "The textfile cannot be written");
        }
    }

    /// Whether that is exit code 0.
    fn is_good(&self, status: Status) -> bool {
        Exit::of_verdict(status, self.wants.fail_on_warn) == Exit::Pass
    }
}

fn count(checks: &mut Vec<(Status, u64)>, status: Status) {
    match checks.iter_mut().find(|(counted, _)| *counted == status) {
        Some((_, count)) => *count += 1,
        None => checks.push((status, 1)),
    }
}

#[cfg(test)]
mod tests {
    use vpce_probes::observation::Observations;
    use vpce_probes::plan::Plan;
    use vpce_probes::surroundings::Surroundings;

    use super::*;

    #[test]
    fn a_textfile_that_cannot_be_written_is_told_of_once() {
        let wants = Wants {
            fail_after: 1,
            recover_after: 1,
            fail_on_warn: false,
            emf: false,
            textfile: Some("/nowhere/at-all.prom".into()),
        };
        let mut teller = Teller::new(wants, Outlet::to(Box::new(std::io::sink())).unwrap());
        let told = crate::log::logged(|| {
            for _ in 0..20 {
                let place = Surroundings::default();
                teller.tell(&Report::new(place, Plan::default(), Observations::default()));
            }
        });
        // On a busy machine one may take so long that it counts as still being written.
        let times = told.matches("The textfile cannot be written").count();
        assert!((1..10).contains(&times), "{told}");
    }
}
