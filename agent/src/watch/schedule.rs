//! When the next check is due. Machines that start together must not ask together: Amazon's resolver
//! takes 1,024 packets a second from a network interface.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

/// The pauses between the beginnings of checks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    interval: Duration,
}

impl Schedule {
    pub(crate) fn every(interval: Duration) -> Self {
        Self { interval }
    }

    /// The pause after the first check: anything up to an interval, so that a fleet that is started
    /// at once is spread over it. `chance` lies between 0 and 1.
    pub(crate) fn first_pause(self, chance: f64) -> Duration {
        self.interval.mul_f64(0.1 + 0.9 * chance)
    }

    /// Every later pause: at most an interval, at least nine tenths of it.
    pub(crate) fn pause(self, chance: f64) -> Duration {
        self.interval.mul_f64(0.9 + 0.1 * chance)
    }
}

/// A number between 0 and 1 that differs each time, and between machines.
pub(crate) fn chance() -> f64 {
    // The keys of a hasher come from the kernel's random numbers.
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_lie_within_the_interval() {
        let schedule = Schedule::every(Duration::from_secs(30));
        for chance in [0.0, 0.5, 1.0, chance()] {
            let pause = schedule.pause(chance).as_secs_f64();
            assert!((27.0..=30.0).contains(&pause), "{pause}");
            let first = schedule.first_pause(chance).as_secs_f64();
            assert!((3.0..=30.0).contains(&first), "{first}");
        }
    }

    /// A verdict counts for two intervals. No check takes longer than one, so that the longest time
    /// between the ends of two lies between one that took no time and one that took all of it.
    #[test]
    fn a_verdict_counts_until_the_next_one_is_there() {
        let interval = Duration::from_secs(30);
        let schedule = Schedule::every(interval);
        for chance in [0.0, 0.5, 1.0] {
            for pause in [schedule.first_pause(chance), schedule.pause(chance)] {
                for (took, takes) in [(0, 30), (30, 30), (30, 0), (29, 30)]
                    .map(|(took, takes)| (Duration::from_secs(took), Duration::from_secs(takes)))
                {
                    let gap = pause.max(took) + takes - took;
                    assert!(gap <= interval * 2, "{chance}: {gap:?}");
                }
            }
        }
    }

    #[test]
    fn chances_differ() {
        let drawn: Vec<f64> = (0..32).map(|_| chance()).collect();
        assert!(drawn.iter().all(|chance| (0.0..=1.0).contains(chance)));
        assert!(drawn.iter().any(|other| (other - drawn[0]).abs() > f64::EPSILON));
    }
}
