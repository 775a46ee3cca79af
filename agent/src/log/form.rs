//! The forms of a line.

use std::fmt::Write;
use std::time::SystemTime;

use serde_json::Value;
use tracing::Level;
use vpce_probes::printable::printable;
use vpce_probes::timestamp::rfc3339;

use super::entry::Entry;
use crate::cli::LogFormat;
use crate::render;

/// How lines look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    format: LogFormat,
    is_for_journal: bool,
}

impl Form {
    pub(super) fn new(format: LogFormat, is_for_journal: bool) -> Self {
        Self { format, is_for_journal }
    }

    /// One line of printable ASCII, with its newline.
    pub(super) fn line(self, at: SystemTime, level: Level, entry: &Entry) -> String {
        let at = rfc3339(at.into());
        let line = match self.format {
            LogFormat::Json => json(at, level, entry),
            // The journal keeps the time and the priority with each line.
            LogFormat::Text if self.is_for_journal => text(entry),
            LogFormat::Text => format!("{at} {level} {}", text(entry)),
        };
        let priority = if self.is_for_journal { priority(level) } else { "" };
        format!("{priority}{line}\n")
    }
}

/// Source: sd-daemon(3).
fn priority(level: Level) -> &'static str {
    match level {
        Level::ERROR => "<3>",
        Level::WARN => "<4>",
        Level::INFO => "<6>",
        _ => "<7>",
    }
}

/// `message key=value key="more words"`.
fn text(entry: &Entry) -> String {
    let mut line = entry.message.clone();
    for (key, value) in &entry.fields {
        let value = match value {
            Value::String(text) => quoted(text),
            other => other.to_string(),
        };
        // Writing to a String cannot fail.
        let _ = write!(line, " {key}={value}");
    }
    printable(&line)
}

fn quoted(value: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.:/@,".contains(c);
    match !value.is_empty() && value.chars().all(is_word) {
        true => value.to_owned(),
        false => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The members that every line has stand in front.
fn json(at: String, level: Level, entry: &Entry) -> String {
    let level = level.as_str().to_ascii_lowercase();
    let mut line = String::new();
    add(&mut line, "at", &Value::String(at));
    add(&mut line, "level", &Value::String(level));
    add(&mut line, "message", &Value::String(entry.message.clone()));
    for (key, value) in &entry.fields {
        add(&mut line, key, value);
    }
    line.push('}');
    line
}

fn add(line: &mut String, key: &str, value: &Value) {
    line.push(if line.is_empty() { '{' } else { ',' });
    // The names of fields are names of this program: none needs an escape.
    let _ = write!(line, "\"{key}\":{}", render::json(value).trim_end());
}

#[cfg(test)]
mod tests;
