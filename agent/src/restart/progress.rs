//! How far a restart is: one line on a terminal, written over and over, and nothing elsewhere.

use std::io::{IsTerminal, Write};

use vpce_probes::printable::printable;

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

    /// Shows these words instead of the last ones.
    pub(crate) fn show(&mut self, words: &str) {
        if self.is_wanted {
            let mut stderr = std::io::stderr();
            let _ = write!(stderr, "\r\u{1b}[K{}", printable(words)).and_then(|()| stderr.flush());
            self.is_shown = true;
        }
    }
}

impl Drop for Progress {
    /// Leaves nothing behind.
    fn drop(&mut self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}
