//! Waiting for what comes by itself.

use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

/// Whatever is waited for, what needs longer hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// What is waited for is looked for so often.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until there is something to be seen.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> Result<T, Failed> {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(seen) = look() {
            return Ok(seen);
        }
        if Instant::now() >= end {
            return Err(format!("{what}: not within {LIMIT:?}").into());
        }
        thread::sleep(PAUSE);
    }
}
