//! Trying again beside an attempt that is late: one of its packets may have got lost, and whoever
//! sends it again for us waits longer than we can. What was begun goes on, and the first that ends
//! counts. What is in time costs nothing more.

use std::future::Future;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Attempts of this process that may be under way beside another one for the same: each has a socket,
/// and where everything is silent there would be thousands.
static PLACES: Semaphore = Semaphore::const_new(100);

/// How something ended that may have been tried several times.
#[derive(Debug, PartialEq)]
pub(crate) struct Tried<T> {
    pub(crate) result: T,
    /// How many attempts were begun.
    pub(crate) attempts: u32,
}

/// What the first attempt gives, or a later one that ends before it and counts. A later one begins
/// after each of the pauses, unless there are too many of them already.
pub(crate) async fn first_of<T, Attempt>(
    first: impl Future<Output = T>,
    pauses: impl IntoIterator<Item = Duration>,
    again: impl Fn() -> Attempt,
    counts: impl Fn(&T) -> bool,
) -> Tried<T>
where
    T: Send + 'static,
    Attempt: Future<Output = T> + Send + 'static,
{
    let mut attempts = 1;
    let mut later = JoinSet::new();
    let mut pauses = pauses.into_iter();
    let mut pause = pauses.next();
    let timer = sleep(pause.unwrap_or_default());
    tokio::pin!(first, timer);
    loop {
        tokio::select! {
            biased;
            result = &mut first => return Tried { result, attempts },
            Some(ended) = later.join_next() => match ended {
                Ok(result) if counts(&result) => return Tried { result, attempts },
                _ => {}
            },
            () = &mut timer, if pause.is_some() => {
                if let Ok(place) = PLACES.try_acquire() {
                    attempts += 1;
                    let attempt = again();
                    later.spawn(async move {
                        let _place = place;
                        attempt.await
                    });
                }
                pause = pauses.next();
                timer.set(sleep(pause.unwrap_or_default()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::sync::Notify;

    use super::*;

    const SHORT: Duration = Duration::from_millis(1);

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_in_time_is_tried_once() {
        let never = || -> std::future::Pending<u8> { unreachable!("tried again") };
        let tried = first_of(ready(1), [Duration::from_secs(60)], never, |_| true).await;
        assert_eq!(tried, Tried { result: 1, attempts: 1 });
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_later_attempt_counts_where_the_first_is_late() {
        let tried = first_of(pending(), [SHORT, SHORT], || ready(2), |_| true).await;
        assert_eq!(tried, Tried { result: 2, attempts: 2 });
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_later_attempt_that_does_not_count_ends_nothing() {
        let begun = Notify::new();
        let first = async {
            begun.notified().await;
            1
        };
        let again = || {
            begun.notify_one();
            ready(2)
        };
        let tried = first_of(first, [SHORT], again, |result| *result != 2).await;
        assert_eq!(tried, Tried { result: 1, attempts: 2 });
    }
}
