//! The last restart, and how long it keeps others away.

use std::time::Duration;

use super::decision::{Refusal, RefusalKind};

/// The interval grows up to here: that often the agent looks its hosts up anew by itself.
/// Source: amazon-ecs-agent, `ecs_client.go`, `defaultPollEndpointCacheTTL`.
const LONGEST_INTERVAL: Duration = Duration::from_secs(12 * 3600);

/// The last attempt, as far as it still binds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LastAttempt {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// How long ago.
    pub ago: Duration,
    /// How many attempts in a row were not seen to help, this one included: those that were not
    /// verified, and those whose end this program did not live to see.
    pub in_vain: usize,
}

impl LastAttempt {
    /// Whether enough time has passed since.
    pub(super) fn leaves_room_for(&self, interval: Duration) -> Result<(), Refusal> {
        let interval = self.stretched(interval);
        let Some(left) = interval.checked_sub(self.ago).filter(|left| !left.is_zero()) else {
            return Ok(());
        };
        Err(Refusal::new(
            RefusalKind::TooSoon,
            format!(
                "The agent was restarted {} ago (at {}){} is done at most once in {}.",
                in_words(self.ago),
                self.at,
                self.in_vain_in_words(),
                in_words(interval)
            ),
            format!(
                "Not again for another {}, unless --restart-interval is shorter. What one restart does not mend, a second seldom does: see what vpce-probe finds.",
                in_words(left)
            ),
        ))
    }

    /// The interval, doubled with each attempt in a row that did not help: what several restarts did
    /// not mend, the next ones hardly will.
    fn stretched(&self, interval: Duration) -> Duration {
        let in_vain = u32::try_from(self.in_vain).unwrap_or(u32::MAX);
        let factor = 2_u32.saturating_pow(in_vain);
        interval.saturating_mul(factor).min(LONGEST_INTERVAL.max(interval))
    }

    fn in_vain_in_words(&self) -> String {
        match self.in_vain {
            0 => ", and that".to_owned(),
            1 => ". It did not help, as far as was seen, so that it".to_owned(),
            many => {
                format!(". The last {many} restarts did not help, as far as was seen, so that it")
            }
        }
    }
}

/// `40 s`, `3 min`, `2 h`: rounded up, as nobody waits by the second.
fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-21T21:00:00Z";

    #[test]
    fn what_does_not_help_is_done_more_and_more_rarely() {
        let stretched = |in_vain, minutes: u64| {
            let last = LastAttempt { at: AT.to_owned(), ago: Duration::ZERO, in_vain };
            last.stretched(Duration::from_secs(minutes * 60)).as_secs() / 60
        };
        let of_a_quarter = [0, 1, 2, 3, 5, 6, 10].map(|in_vain| stretched(in_vain, 15));
        assert_eq!(of_a_quarter, [15, 30, 60, 120, 480, 720, 720]);
        assert_eq!((stretched(9, 24 * 60), stretched(1, 7 * 60)), (24 * 60, 12 * 60));
        assert_eq!((stretched(1, 0), stretched(usize::MAX, 0)), (0, 0));
        let refused = |in_vain| {
            let last = LastAttempt { at: AT.to_owned(), ago: Duration::from_secs(60), in_vain };
            last.leaves_room_for(Duration::from_secs(900)).unwrap_err().why
        };
        let ago = "The agent was restarted 60 s ago (at 2026-11-21T21:00:00Z)";
        assert_eq!(refused(0), format!("{ago}, and that is done at most once in 15 min."));
        let once =
            "It did not help, as far as was seen, so that it is done at most once in 30 min.";
        assert_eq!(refused(1), format!("{ago}. {once}"));
        let often = "The last 3 restarts did not help, as far as was seen, so that it is done at most once in 2 h.";
        assert_eq!(refused(3), format!("{ago}. {often}"));
    }

    #[test]
    fn times_are_told_as_people_say_them() {
        for (seconds, words) in [(0, "0 s"), (61, "61 s"), (130, "3 min"), (7200, "2 h")] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
        assert_eq!(in_words(Duration::from_millis(1)), "1 s");
    }
}
