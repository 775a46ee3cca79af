//! Writing lines without waiting for whoever reads them: a log that nobody reads must not hold up a
//! check.

use std::collections::VecDeque;
use std::fmt;
use std::io::{ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use tracing::Level;

use super::entry::Entry;
use super::form::Form;

/// What may wait for a reader, in bytes. What does not fit is counted.
const ROOM: usize = 64 * 1024;

/// How long a line is waited for, so that it stands before whatever its writer does next. A pipe that
/// is read takes it within microseconds.
const PATIENCE: Duration = Duration::from_millis(5);

/// At the end a line gets that much time from its beginning, and all of them this much.
const LAST: Duration = Duration::from_millis(50);
const AT_MOST: Duration = Duration::from_millis(500);

/// A stream that takes nothing now is tried again after that time.
const AGAIN: Duration = Duration::from_millis(10);

/// Hands lines to a thread that writes them.
pub(super) struct Writer {
    shared: Arc<Shared>,
}

struct Shared {
    form: Form,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<String>,
    /// The bytes of those that wait.
    bytes: usize,
    /// Lines that found no room, and that nobody was told of yet.
    lost: u64,
    handed: u64,
    written: u64,
    /// When the line that is written now was begun.
    begun: Option<Instant>,
    /// Nobody reads: nothing is waited for until somebody does.
    is_stuck: bool,
}

impl Writer {
    /// Writes to `sink` from now on.
    pub(super) fn start(form: Form, sink: Box<dyn Write + Send>) -> Self {
        let shared = Arc::new(Shared { form, state: Mutex::default(), changed: Condvar::new() });
        let same = shared.clone();
        // Where no thread can be had there is no log: nothing else could be bounded.
        let _ = thread::Builder::new().name("log".to_owned()).spawn(move || same.write_to(sink));
        Self { shared }
    }

    /// Writes a line, or loses it where too many wait already.
    pub(super) fn write(&self, line: String) {
        let mut state = self.shared.lock();
        if state.bytes + line.len() > ROOM {
            state.lost += 1;
            return;
        }
        if state.lost > 0 {
            let told = self.shared.loss(state.lost);
            state.lost = 0;
            state.push(told);
        }
        state.push(line);
        self.shared.changed.notify_all();
        if !state.is_stuck {
            self.shared.wait(state);
        }
    }

    /// Waits until everything is written, but not for a line that takes longer than [`LAST`]. A machine
    /// that has much to do may come late to begin with one: that is no fault of the reader.
    pub(super) fn flush(&self) {
        let end = Instant::now() + AT_MOST;
        let mut state = self.shared.lock();
        let last = state.handed;
        while state.written < last {
            let now = Instant::now();
            let until = state.begun.map_or(end, |begun| end.min(begun + LAST));
            if now >= until {
                return;
            }
            let waited = self.shared.changed.wait_timeout(state, until - now);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until everything is written, however long that takes.
    #[cfg(test)]
    pub(super) fn drain(&self) {
        let mut state = self.shared.lock();
        while state.written < state.handed {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits a moment until what was handed over by now is written.
    fn wait(&self, state: MutexGuard<'_, State>) {
        let last = state.handed;
        let (mut state, waited) = self
            .changed
            .wait_timeout_while(state, PATIENCE, |state| state.written < last)
            .unwrap_or_else(PoisonError::into_inner);
        state.is_stuck |= waited.timed_out();
    }

    fn write_to(&self, mut sink: Box<dyn Write + Send>) {
        loop {
            let line = self.next();
            write_all(&mut *sink, line.as_bytes());
            let mut state = self.lock();
            state.written += 1;
            state.begun = None;
            if state.waiting.is_empty() {
                state.is_stuck = false;
                if state.lost > 0 {
                    let told = self.loss(state.lost);
                    state.lost = 0;
                    state.push(told);
                }
            }
            self.changed.notify_all();
        }
    }

    fn next(&self) -> String {
        let mut state = self.lock();
        loop {
            if let Some(line) = state.waiting.pop_front() {
                state.bytes -= line.len();
                state.begun = Some(Instant::now());
                self.changed.notify_all();
                return line;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn loss(&self, lost: u64) -> String {
        let message = format!("Lines of this log are lost, because nobody read it: {lost}");
        self.form.line(SystemTime::now(), Level::WARN, &Entry::new(message))
    }
}

/// Writes all of it, however long that takes. A reader that is gone changes nothing.
fn write_all(sink: &mut dyn Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match sink.write(bytes) {
            Ok(0) => return,
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Whoever else has this stream can have made it one that does not wait.
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(AGAIN),
            Err(_) => return,
        }
    }
}

impl State {
    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.handed += 1;
        self.waiting.push_back(line);
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
