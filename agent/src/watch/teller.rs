//! From the report of a check to what everybody is told of it.

use std::time::{Instant, SystemTime};

use bytes::Bytes;
use vpce_probes::report::Report;
use vpce_probes::status::Status;

use super::event::Event;
use super::settled::Settled;
use super::{Checked, Metrics, Standing};
use crate::exit_code::Exit;
use crate::render::{self, Exposition};
use crate::{output, textfile};

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
    settled: Settled,
    standing: Option<Standing>,
    failure: Option<Bytes>,
}

impl Teller {
    pub(crate) fn new(wants: Wants) -> Self {
        let settled = Settled::new(wants.fail_after, wants.recover_after);
        Self { wants, settled, standing: None, failure: None }
    }

    /// Takes one more check into account.
    pub(crate) fn tell(&mut self, report: &Report) -> Checked {
        let change = self.settled.add(report.status);
        let is_good = |status| Exit::of_verdict(status, self.wants.fail_on_warn) == Exit::Pass;
        let before = self.standing.take();
        let verdict = change
            .map(|change| change.to)
            .or(before.as_ref().map(|before| before.verdict))
            .unwrap_or(report.status);
        let changes = before.as_ref().map_or(0, |before| before.changes)
            + u64::from(change.is_some_and(|change| change.from.is_some()));
        let since = before
            .as_ref()
            .filter(|_| change.is_none())
            .map_or_else(SystemTime::now, |before| before.since);
        let mut checks = before.map(|before| before.checks).unwrap_or_default();
        count(&mut checks, report.status);
        let is_healthy = is_good(verdict);
        let standing =
            Standing { verdict, is_healthy, since, changes, latest: report.status, checks };
        self.standing = Some(standing.clone());
        let json = Bytes::from(render::json(report));
        if !is_good(report.status) {
            self.failure = Some(json.clone());
        }
        if self.wants.emf {
            output::write(&render::emf(report, &standing));
        } else if let Some(change) = change {
            output::write(&render::json(&Event::of(change, is_healthy, report)));
        }
        let text = render::metrics(report, Some(&standing), Exposition::Text);
        if let Some(path) = &self.wants.textfile
            && let Err(error) = textfile::write(path, &text)
        {
            tracing::warn!(path = %path.display(), %error, "The textfile cannot be written");
        }
        let open_metrics = render::metrics(report, Some(&standing), Exposition::OpenMetrics);
        Checked {
            at: Instant::now(),
            standing,
            line: render::line(report),
            metrics: Metrics { text: text.into(), open_metrics: open_metrics.into() },
            report: json,
            failure: self.failure.clone(),
            history: Bytes::from_static(b"{}\n"),
        }
    }
}

fn count(checks: &mut Vec<(Status, u64)>, status: Status) {
    match checks.iter_mut().find(|(counted, _)| *counted == status) {
        Some((_, count)) => *count += 1,
        None => checks.push((status, 1)),
    }
}
