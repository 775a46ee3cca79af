//! Reading what the caller names: a disk or a pipe that does not answer holds up nothing.

use std::io::{Error, ErrorKind, Result};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What the work gives, if it does so until then. A thread waits for it, as nothing else can be told
/// to stop: it ends with the program.
pub(crate) fn done_until<T: Send + 'static>(
    until: Instant,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        // Nobody listens any more after that moment.
        let _ = sender.send(work());
    })?;
    let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    receiver
        .recv_timeout(left)
        .map_err(|_| Error::new(ErrorKind::TimedOut, "no end before the deadline"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_told() {
        let later = Instant::now() + Duration::from_secs(60);
        assert_eq!(done_until(later, || 7).unwrap(), 7);
        let error = done_until(Instant::now(), thread::park).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
