//! Writing: the result to stdout, everything else to stderr.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use vpce_probes::printable::printable;

use crate::log;

/// What a reader always gets: a pipe that is read takes a report within microseconds.
const LEAST: Duration = Duration::from_millis(25);

/// What a reader of stderr gets for a line: before the deadline, and always.
const PATIENCE: Duration = Duration::from_millis(500);
const COMPLAINT: Duration = Duration::from_millis(5);

/// When a run has to end, where it has a deadline.
static END: OnceLock<Instant> = OnceLock::new();

/// Writes the result. A reader that is gone changes nothing: the exit code still tells.
pub(crate) fn write(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            complain(&format!("the result cannot be written: {error}"));
        }
        _ => {}
    }
}

/// Writes the result, and gives up at a moment when nobody reads it: a full pipe must not hold the
/// program past its deadline. A program that was itself held up (stopped, out of its share of the
/// processor) still gets the least time there is to write.
pub(crate) fn write_until(text: String, moment: Instant) {
    let limit = moment.saturating_duration_since(Instant::now()).max(LEAST);
    let text: Arc<str> = text.into();
    let same = text.clone();
    match is_done_within(limit, move || write(&same)) {
        Ok(true) => {}
        Ok(false) => {
            complain("nobody reads the report: it was given up at the deadline");
        }
        // No thread can be had here: late is better than nothing.
        Err(_) => write(&text),
    }
}

/// Tells a person what to look at, where somebody reads it.
pub(crate) fn complain(message: &str) {
    if log::is_on() {
        tracing::warn!("{message}");
    } else {
        write_to_stderr(message);
    }
}

/// Tells a person why the program gives up.
pub(crate) fn give_up(message: &str) {
    if log::is_on() {
        tracing::error!("{message}");
        log::flush();
    } else {
        write_to_stderr(message);
    }
}

fn write_to_stderr(message: &str) {
    let line = format!("vpce-probe: {}\n", printable(message));
    to_stderr(move || {
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
}

/// Writes to stderr, which may be a full pipe too: nobody is waited for who does not read it. What
/// comes after something that was not read is not written.
pub(crate) fn to_stderr(write: impl FnOnce() + Send + 'static) {
    static IS_STUCK: AtomicBool = AtomicBool::new(false);
    // Without a thread nothing could be bounded.
    let is_stuck = IS_STUCK.load(Ordering::Relaxed);
    if !is_stuck && !is_done_within(patience(), write).unwrap_or(true) {
        IS_STUCK.store(true, Ordering::Relaxed);
    }
}

/// From here on whoever does not read stderr is not waited for beyond this moment.
pub(crate) fn ends_at(moment: Instant) {
    // A program has one deadline.
    let _ = END.set(moment);
}

fn patience() -> Duration {
    let left = |end: &Instant| end.saturating_duration_since(Instant::now());
    END.get().map_or(PATIENCE, left).clamp(COMPLAINT, PATIENCE)
}

/// Does the work on a thread of its own. The time counts from when that thread runs.
fn is_done_within(limit: Duration, work: impl FnOnce() + Send + 'static) -> std::io::Result<bool> {
    let (tell, told) = mpsc::channel();
    std::thread::Builder::new().spawn(move || {
        let _ = tell.send(());
        work();
        let _ = tell.send(());
    })?;
    Ok(told.recv().is_ok() && told.recv_timeout(limit).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_is_given_up() {
        assert!(is_done_within(Duration::from_secs(600), || {}).unwrap());
        assert!(!is_done_within(Duration::ZERO, std::thread::park).unwrap());
    }
}
