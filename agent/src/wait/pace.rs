//! When the next check is made.

use std::time::{Duration, Instant};

/// The first pause. Most of what is missing at boot is there a moment later.
const SHORTEST: Duration = Duration::from_secs(1);

/// No pause gets longer but by chance. A new endpoint answers some 20 to 30 seconds after AWS calls
/// it available: with longer pauses, most of a minute would be waited for nothing. A check asks some
/// dozens of names; that is far below the 1,024 packets a second that Amazon's resolver takes from a
/// network interface.
const LONGEST: Duration = Duration::from_secs(8);

const GROWTH: f64 = 1.5;

/// How far chance takes a pause from what it would be. Machines that boot together are not to ask
/// together for minutes.
const JITTER: f64 = 0.2;

/// What a check is given at least. Where all is well, milliseconds are enough.
const LEAST_CHECK: Duration = Duration::from_millis(500);

/// The pauses between the checks, which grow as long as nothing changes.
#[derive(Debug)]
pub(crate) struct Pace {
    until: Instant,
    pause: Duration,
}

impl Pace {
    /// Checks that have to end before a moment.
    pub(crate) fn until(until: Instant) -> Self {
        Self { until, pause: SHORTEST }
    }

    /// Things move: what is missing may follow soon.
    pub(crate) fn hurry(&mut self) {
        self.pause = SHORTEST;
    }

    /// When to check again after a check that took so long, of at most `deadline`; `None` when there
    /// is no time for another one. `chance` lies between 0 and 1.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        took: Duration,
        deadline: Duration,
        chance: f64,
    ) -> Option<Instant> {
        let pause = self.pause.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance);
        self.pause = self.pause.mul_f64(GROWTH).min(LONGEST);
        // The next one will take about as long, and has to be finished.
        let needed = took.mul_f64(1.25).max(LEAST_CHECK).min(deadline);
        let latest = self.until.checked_sub(needed)?;
        let next = now + pause;
        if next <= latest {
            return Some(next);
        }
        // The last one, as late as it can be; but not where the one before has hardly ended. It may
        // be cut short: what passes now needs little time.
        let last = latest.max(now + SHORTEST.mul_f64(1.0 - JITTER));
        (last + LEAST_CHECK.min(deadline) <= self.until).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Duration = Duration::from_secs(4);
    const QUICK: Duration = Duration::from_millis(10);

    /// The beginnings of all checks within a time, each of which takes `took` where it has that much
    /// time, in seconds.
    fn begins(timeout: f64, took: Duration, chance: f64) -> Vec<f64> {
        let start = Instant::now();
        let until = start + Duration::from_secs_f64(timeout);
        let mut pace = Pace::until(until);
        let mut begins = vec![start];
        let mut began = start;
        loop {
            let took = took.min(until - began);
            let Some(next) = pace.next(began + took, took, DEADLINE, chance) else { break };
            assert!(begins.len() < 1000 && next > began);
            begins.push(next);
            began = next;
        }
        begins.iter().map(|begin| (*begin - start).as_secs_f64()).collect()
    }

    #[test]
    fn pauses_grow_to_at_most_ten_seconds() {
        for chance in [0.0, 0.5, 1.0] {
            let begins = begins(300.0, QUICK, chance);
            let pauses: Vec<f64> = begins.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let (last, steady) = pauses.split_last().unwrap();
            assert!((0.8..=1.3).contains(&pauses[0]), "{pauses:?}");
            assert!(steady.is_sorted_by(|a, b| *a <= *b + 1e-6), "{pauses:?}");
            assert!(pauses.iter().all(|pause| *pause <= 10.0) && *last > 0.0, "{pauses:?}");
            assert!(steady.last() >= Some(&6.0), "{pauses:?}");
        }
    }

    #[test]
    fn the_last_check_is_just_before_the_end() {
        assert!((begins(300.0, QUICK, 0.5).last().unwrap() - 299.5).abs() < 1e-6);
        assert!((begins(300.0, DEADLINE, 0.5).last().unwrap() - 296.0).abs() < 1e-6);
        assert!((begins(3.0, QUICK, 0.5).last().unwrap() - 2.5).abs() < 1e-6);
    }

    #[test]
    fn no_check_begins_without_time_for_it() {
        assert_eq!(begins(4.5, DEADLINE, 0.0), [0.0]);
        assert_eq!(begins(0.1, QUICK, 0.0), [0.0]);
        for timeout in [1.0, 5.0, 9.3, 60.0] {
            for took in [QUICK, Duration::from_secs(1), DEADLINE] {
                let begins = begins(timeout, took, 0.7);
                let last = begins.last().unwrap();
                assert!(begins.len() == 1 || last + 0.5 <= timeout + 1e-6, "{timeout} {took:?}");
                // Nor is much time given away.
                let ends = last + took.as_secs_f64();
                assert!(ends + 1.31 > timeout, "{timeout} {took:?}");
            }
        }
    }

    #[test]
    fn a_change_makes_the_next_checks_close_again() {
        let now = Instant::now();
        let mut pace = Pace::until(now + Duration::from_secs(300));
        for _ in 0..10 {
            pace.next(now, QUICK, DEADLINE, 0.5);
        }
        assert_eq!(pace.next(now, QUICK, DEADLINE, 0.5), Some(now + LONGEST));
        pace.hurry();
        assert_eq!(pace.next(now, QUICK, DEADLINE, 0.5), Some(now + SHORTEST));
    }
}
