//! What stands below the options of `--help`, in its parts. Each is a paragraph, or several, that
//! begin with their name.

use clap::Command;

/// How the parts begin that have a section of their own in a manual page.
const EXAMPLES: &str = "Examples:\n";
const EXIT_CODES: &str = "Exit codes: ";

/// The parts of one command.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// What is said of the command itself.
    pub(super) prose: Vec<String>,
    /// Lines, not indented.
    pub(super) examples: Option<String>,
    pub(super) exit_codes: Option<String>,
}

impl Parts {
    pub(super) fn of(command: &Command) -> Self {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let mut parts = Self::default();
        for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            if let Some(lines) = paragraph.strip_prefix(EXAMPLES) {
                let lines: Vec<&str> =
                    lines.lines().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
                parts.examples = Some(lines.join("\n"));
            } else if let Some(codes) = paragraph.strip_prefix(EXIT_CODES) {
                parts.exit_codes = Some(codes.to_owned());
            } else {
                parts.prose.push(paragraph.to_owned());
            }
        }
        parts
    }
}
