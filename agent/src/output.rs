//! Writing: the result to stdout, everything else to stderr.

use std::io::Write;
use std::sync::mpsc;
use std::time::Instant;

/// Writes the result. A reader that is gone changes nothing: the exit code still tells.
pub(crate) fn write(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes the result, and gives up at a moment when nobody reads it: a full pipe must not hold the
/// program past its deadline.
pub(crate) fn write_until(text: String, moment: Instant) {
    let (finished, wait) = mpsc::channel();
    let writer = std::thread::Builder::new().spawn(move || {
        write(&text);
        let _ = finished.send(());
    });
    if writer.is_ok() {
        let _ = wait.recv_timeout(moment.saturating_duration_since(Instant::now()));
    }
}

/// Tells a person what went wrong.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "vpce-probe: {message}");
}
