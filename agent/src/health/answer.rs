//! How things stand, as a watch tells it to health checks.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use vpce_probes::status::Status;

use super::Told;
use crate::exit_code::Exit;
use crate::watch::Snapshot;

/// One line of JSON. Fields are added, never removed or given another meaning: after an update the
/// watch may be older than who asks it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Answer {
    schema_version: String,
    healthy: bool,
    /// What the checks so far amount to; none before the first one has ended.
    verdict: Option<Status>,
    /// Since the last check ended, or since the watch began.
    age_ms: u64,
    /// Longest time from one check to the next.
    interval_ms: u64,
    /// How many checks have ended.
    checks: u64,
    /// The last check in one line, which begins with the verdict.
    line: String,
}

impl Answer {
    /// How things stand at that moment.
    pub(crate) fn of(snapshot: &Snapshot, now: Instant) -> Self {
        let last = snapshot.last.as_ref();
        Self {
            schema_version: "1.0".to_owned(),
            healthy: snapshot.is_healthy(now),
            verdict: last.map(|last| last.standing.verdict),
            age_ms: milliseconds(snapshot.age(now)),
            interval_ms: milliseconds(snapshot.interval),
            checks: last
                .map_or(0, |last| last.standing.checks.iter().map(|(_, count)| count).sum()),
            line: last.map(|last| last.line.clone()).unwrap_or_default(),
        }
    }

    /// As one line with its end.
    pub(crate) fn to_line(&self) -> String {
        // A struct of plain values always is JSON.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }

    /// What a line says; nothing where it is no answer of a watch.
    pub(crate) fn from_line(line: &[u8]) -> Option<Self> {
        serde_json::from_str(str::from_utf8(line).ok()?).ok()
    }

    /// Judged here, from the numbers: who is asked may have stopped looking.
    pub(crate) fn judged(&self, fail_on_warn: bool) -> Told {
        let age = seconds(self.age_ms);
        if self.age_ms > self.interval_ms.saturating_mul(2) {
            let interval = seconds(self.interval_ms);
            let before = if self.line.is_empty() { "nothing" } else { &self.line };
            return Told::unhealthy(&format!(
                "no check has ended for {age}, more than two intervals of {interval}; before that: \
                 {before}"
            ));
        }
        let Some(verdict) = self.verdict else {
            return Told::unhealthy("the first check of the watch has not ended yet");
        };
        let is_healthy = self.healthy && Exit::of_verdict(verdict, fail_on_warn) == Exit::Pass;
        Told::new(is_healthy, &format!("{} ({age} ago)", self.line))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Tenths matter only where there are few of them.
fn seconds(milliseconds: u64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} s", milliseconds / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        Answer {
            schema_version: "1.0".to_owned(),
            healthy: true,
            verdict: Some(Status::Pass),
            age_ms: 4_210,
            interval_ms: 30_000,
            checks: 7,
            line: "pass: 14 host names, 14 ok".to_owned(),
        }
    }

    #[test]
    fn a_verdict_counts_for_two_intervals() {
        let told = |age_ms| Answer { age_ms, ..answer() }.judged(false);
        assert_eq!(told(4_210).line, "healthy: pass: 14 host names, 14 ok (4.2 s ago)");
        assert!(told(60_000).is_healthy());
        assert_eq!(
            told(60_001).line,
            "unhealthy: no check has ended for 60 s, more than two intervals of 30 s; before that: \
             pass: 14 host names, 14 ok"
        );
        assert!(!told(u64::MAX).is_healthy());
    }

    #[test]
    fn nothing_is_well_before_a_check_has_ended() {
        let at_start = Snapshot::at_start(Duration::from_secs(30));
        let told = Answer::of(&at_start, at_start.started).judged(false);
        assert_eq!(told.line, "unhealthy: the first check of the watch has not ended yet");
        let late = at_start.started + Duration::from_secs(61);
        let told = Answer::of(&at_start, late).judged(false);
        assert!(told.line.ends_with("before that: nothing"), "{}", told.line);
    }

    #[test]
    fn the_stricter_of_both_decides() {
        let warned = Answer {
            verdict: Some(Status::Warn),
            line: "warn: 14 host names, 13 ok, 1 warn".to_owned(),
            ..answer()
        };
        assert!(warned.judged(false).is_healthy());
        assert!(!warned.judged(true).is_healthy());
        assert!(!Answer { healthy: false, ..warned }.judged(false).is_healthy());
        assert!(!Answer { verdict: Some(Status::Fail), ..answer() }.judged(false).is_healthy());
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_may_hold_more() {
        let line = answer().to_line();
        assert_eq!(line.lines().count(), 1);
        assert_eq!(Answer::from_line(line.as_bytes()).unwrap().to_line(), line);
        let newer = line.replace("\"checks\"", "\"added\":1,\"checks\"");
        assert!(Answer::from_line(newer.as_bytes()).is_some());
        for other in ["", "{}", "HTTP/1.1 200 OK", line.trim_end_matches("}\n")] {
            assert!(Answer::from_line(other.as_bytes()).is_none(), "{other}");
        }
        assert!(Answer::from_line(b"\xff").is_none());
    }
}
