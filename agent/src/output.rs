//! Writing: the result to stdout, everything else to stderr.

use std::io::Write;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use vpce_probes::printable::printable;

use crate::log;

/// What a reader always gets: a pipe that is read takes a report within microseconds.
const LEAST: Duration = Duration::from_millis(25);

/// Time for one line to stderr, which may be a pipe that nobody reads, too.
const COMPLAINT: Duration = Duration::from_millis(5);

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
            complain_in_time("nobody reads the report: it was given up at the deadline");
        }
        // No thread can be had here: late is better than nothing.
        Err(_) => write(&text),
    }
}

/// Tells a person what to look at.
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
    let _ = writeln!(std::io::stderr(), "vpce-probe: {}", printable(message));
}

/// Tells a person, where somebody reads it: stderr that nobody reads must not hold the program.
pub(crate) fn complain_in_time(message: &str) {
    let message = message.to_owned();
    let _ = is_done_within(COMPLAINT, move || complain(&message));
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
