//! How one deadline is divided among the steps of a run.

use std::future::Future;
use std::time::{Duration, Instant};

/// The time that a run has, and the most that each of its steps may wait.
///
/// Each step has a limit of its own, below the deadline, so that a step that waits in vain is told
/// from one that merely came too late.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// When everything must be finished.
    pub deadline: Instant,
    /// Longest wait for one resolver.
    pub dns: Duration,
    /// Longest wait for one TCP connection.
    pub tcp: Duration,
    /// Longest wait for one TLS handshake.
    pub tls: Duration,
    /// Longest wait for a metadata service.
    pub metadata: Duration,
}

/// How a wait ended.
#[derive(Debug)]
pub(super) enum Waited<T> {
    /// In time.
    Done(T),
    /// At the step's own limit.
    TimedOut,
    /// At the deadline of the run.
    NotFinished,
}

impl Budget {
    /// Divides the time from `started` to `started + total`.
    ///
    /// Of the usual four seconds, one for a resolver is enough to ask it four times, and one and a half
    /// for a connection cover three SYNs of ours and the next that Linux sends, after one second.
    /// Whoever gives more time gets longer waits.
    pub fn divide(started: Instant, total: Duration) -> Self {
        let share =
            |fraction: f64, most: u64| total.mul_f64(fraction).min(Duration::from_millis(most));
        Self {
            deadline: started + total,
            metadata: share(0.25, 500),
            dns: share(0.25, 5_000),
            tcp: share(0.375, 10_000),
            tls: share(0.375, 10_000),
        }
    }

    /// What is left.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The result of a future, unless the deadline comes first.
    pub(super) async fn within<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(self.deadline.into(), future).await.ok()
    }

    /// Waits for a future until its own limit or the deadline, whichever comes first. Past the deadline
    /// it is not begun: of a thousand names that waited for their turn, each would still open a socket.
    pub(super) async fn wait<T>(
        &self,
        limit: Duration,
        future: impl Future<Output = T>,
    ) -> Waited<T> {
        let now = Instant::now();
        if now >= self.deadline {
            return Waited::NotFinished;
        }
        let own = now + limit;
        match tokio::time::timeout_at(own.min(self.deadline).into(), future).await {
            Ok(result) => Waited::Done(result),
            Err(_) if own <= self.deadline => Waited::TimedOut,
            Err(_) => Waited::NotFinished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_get_their_share_and_no_more_than_they_need() {
        let now = Instant::now();
        let usual = Budget::divide(now, Duration::from_secs(4));
        assert_eq!(usual.metadata, Duration::from_millis(500));
        assert_eq!(usual.dns, Duration::from_secs(1));
        assert_eq!(usual.tcp, Duration::from_millis(1500));
        let short = Budget::divide(now, Duration::from_secs(1));
        assert_eq!(short.metadata, Duration::from_millis(250));
        assert!(short.metadata + short.dns + short.tcp < Duration::from_secs(1));
        let long = Budget::divide(now, Duration::from_secs(60));
        assert_eq!(long.tls, Duration::from_secs(10));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn nothing_is_begun_past_the_deadline() {
        let late = Budget::divide(Instant::now(), Duration::ZERO);
        let never = async { unreachable!("begun") };
        let waited: Waited<()> = late.wait(Duration::from_secs(60), never).await;
        assert!(matches!(waited, Waited::NotFinished));
    }
}
