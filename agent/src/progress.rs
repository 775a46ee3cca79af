//! How far a command is: one line on a terminal, written over and over, and nothing elsewhere.

use std::io::{IsTerminal, Write};

use vpce_probes::printable::printable;

use crate::log;

/// Back to the begin of the line, and nothing on it.
const CLEAR: &str = "\r\u{1b}[K";

/// The line.
#[derive(Debug)]
pub(crate) struct Progress {
    is_wanted: bool,
    is_shown: bool,
}

impl Progress {
    /// A line on stderr, where that is a terminal that can write over a line.
    pub(crate) fn on_stderr() -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self { is_wanted: std::io::stderr().is_terminal() && !is_dumb, is_shown: false }
    }

    /// None, wherever stderr leads.
    pub(crate) fn none() -> Self {
        Self { is_wanted: false, is_shown: false }
    }

    /// Whether anybody sees it.
    pub(crate) fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// Shows these words instead of the last ones.
    pub(crate) fn show(&mut self, words: &str) {
        if self.is_wanted {
            // Lines of the log stand above it, and have a thread of their own.
            log::flush();
            // What is longer than the terminal is wide is cut off there (wrapping is switched off
            // meanwhile): only one line can be written over.
            let line = format!("{CLEAR}\u{1b}[?7l{}\u{1b}[?7h", printable(words));
            let mut stderr = std::io::stderr();
            let _ = stderr.write_all(line.as_bytes()).and_then(|()| stderr.flush());
            self.is_shown = true;
        }
    }

    /// Takes the line away, so that others can write there.
    pub(crate) fn clear(&mut self) {
        if self.is_shown {
            let _ = std::io::stderr().write_all(CLEAR.as_bytes());
            self.is_shown = false;
        }
    }
}

impl Drop for Progress {
    /// Leaves nothing behind.
    fn drop(&mut self) {
        self.clear();
    }
}
