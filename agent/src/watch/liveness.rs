//! Signs of life for whoever restarts a program that hangs.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::pending;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::service_manager::ServiceManager;

/// Tells the service manager, where it wants to know, that checks are still done: as long as the
/// last one has not ended too long ago, and whatever this program is waiting for now.
pub(super) async fn stay_alive(
    manager: &ServiceManager,
    interval: Duration,
    ended: &Cell<Instant>,
) -> Infallible {
    let Some(pause) = manager.watchdog_pause() else { return pending().await };
    loop {
        if !is_stuck(interval, ended.get().elapsed()) {
            manager.is_alive();
        }
        sleep(pause).await;
    }
}

/// Whether a check should have ended long ago. Two intervals are the longest time that may lie
/// between the ends of two checks, as no check takes longer than one; the rest is for a machine that
/// is busy.
fn is_stuck(interval: Duration, age: Duration) -> bool {
    age > interval * 2 + Duration::from_secs(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_takes_its_time_is_not_stuck() {
        let interval = Duration::from_secs(30);
        assert!(!is_stuck(interval, Duration::ZERO));
        assert!(!is_stuck(interval, interval * 2));
        assert!(is_stuck(interval, interval * 3));
    }
}
