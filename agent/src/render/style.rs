//! Colour, where a person wants it.

use std::io::IsTerminal;

use vpce_probes::status::Status;

use crate::cli::ColorArg;

/// The word of four letters that stands before a check or a finding. What changes no verdict is a
/// note.
pub(super) fn mark(status: Status, is_note: bool) -> (Status, &'static str) {
    let word = match status {
        _ if is_note => "note",
        Status::Pass => "ok  ",
        Status::Warn => "warn",
        Status::Fail => "FAIL",
        Status::Skip => "skip",
        Status::Unknown => "????",
    };
    (status, word)
}

/// Whether and how text is coloured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    colour: bool,
}

impl Style {
    /// What the caller, NO_COLOR, CLICOLOR_FORCE and the terminal say, in this order.
    pub(super) fn for_stdout(arg: ColorArg) -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|v| !v.is_empty() && v != "0");
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = match arg {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto if is_set("NO_COLOR") => false,
            ColorArg::Auto if forced => true,
            ColorArg::Auto => std::io::stdout().is_terminal() && !dumb,
        };
        Self { colour }
    }

    /// Without colour.
    pub(super) fn plain() -> Self {
        Self { colour: false }
    }

    /// A word in the colour of a status.
    pub(super) fn status(self, status: Status, text: &str) -> String {
        let code = match status {
            Status::Pass => "32",
            Status::Warn => "33",
            Status::Unknown => "35",
            Status::Fail => "1;31",
            Status::Skip => "2",
        };
        self.paint(code, text)
    }

    /// A heading.
    pub(super) fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
