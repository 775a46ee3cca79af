//! How things stand: made after each check, and told to whoever asks.

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::Standing;

/// How things stand.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// Longest time from one check to the next.
    pub(crate) interval: Duration,
    /// When the watch began.
    pub(crate) started: Instant,
    /// The last check; none before the first one has ended.
    pub(crate) last: Option<Checked>,
}

/// The last check, in every form that somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// When it ended.
    pub(crate) at: Instant,
    /// What it and those before amount to.
    pub(crate) standing: Standing,
    /// The same in one line, for people: `fail: 14 host names, ...; VPCE101 ecs-telemetry: ...`.
    pub(crate) line: String,
    /// The metrics.
    pub(crate) metrics: Metrics,
    /// Its report, as JSON.
    pub(crate) report: Bytes,
    /// The report of the last check that was not healthy, as JSON.
    pub(crate) failure: Option<Bytes>,
    /// The last results and, apart from them, the last failures, both in short, as JSON on one line.
    pub(crate) history: Bytes,
}

/// The metrics in the forms that a scraper may want.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    /// Prometheus text format 0.0.4.
    pub(crate) text: Bytes,
    /// OpenMetrics 1.0.
    pub(crate) open_metrics: Bytes,
}

impl Snapshot {
    /// Nothing is known yet.
    pub(crate) fn at_start(interval: Duration) -> Self {
        Self { interval, started: Instant::now(), last: None }
    }

    /// How long ago the last check ended, or the watch began.
    pub(crate) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.last.as_ref().map_or(self.started, |last| last.at))
    }

    /// Whether what was seen last counts no more: nobody has looked for two intervals.
    pub(crate) fn is_stale(&self, now: Instant) -> bool {
        self.age(now) > self.interval * 2
    }

    /// Whether the last verdict is a good one, and still counts.
    pub(crate) fn is_healthy(&self, now: Instant) -> bool {
        self.last.as_ref().is_some_and(|last| last.standing.is_healthy) && !self.is_stale(now)
    }
}
