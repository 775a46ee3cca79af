//! Work that waits for disks or the kernel, off the thread that waits for answers.

use std::any::Any;
use std::time::Instant;

type Boxed = Box<dyn Any + Send>;

/// What the work gives. None when it takes longer than until then; it is not ended, but nobody waits
/// for it.
pub(crate) async fn apart<T: Send + 'static>(
    until: Instant,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let boxed = spawned(until, Box::new(move || Box::new(work()))).await?;
    boxed.downcast().ok().map(|result| *result)
}

/// The runtime's part once for every type, where it would otherwise add its own three kilobytes.
async fn spawned(until: Instant, work: Box<dyn FnOnce() -> Boxed + Send>) -> Option<Boxed> {
    let done = tokio::time::timeout_at(until.into(), tokio::task::spawn_blocking(work)).await;
    done.ok().and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_is_none() {
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(apart(later, || 7).await, Some(7));
        let (end, ended) = mpsc::channel::<()>();
        assert_eq!(apart(Instant::now(), move || ended.recv().is_ok()).await, None);
        drop(end);
    }
}
