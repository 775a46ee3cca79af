//! What an event says, bounded.

use std::fmt::{self, Debug, Write};

use serde_json::Value;
use tracing::Event;
use tracing::field::{Field, Visit};

/// What all texts of an event may take, in bytes of the line that it becomes.
const ROOM: usize = 8_000;

/// A message and its fields, in the order in which they were given.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) message: String,
    pub(super) fields: Vec<(&'static str, Value)>,
    room: usize,
}

impl Entry {
    /// What somebody logs.
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut entry = Self::new(String::new());
        event.record(&mut entry);
        entry
    }

    /// A message without fields.
    pub(super) fn new(message: String) -> Self {
        Self { message, fields: Vec::new(), room: ROOM }
    }

    fn add_text(&mut self, field: &Field, text: fmt::Arguments<'_>) {
        let mut short = Short { text: String::new(), room: self.room };
        if short.write_fmt(text).is_err() {
            short.text.push_str("...");
        }
        self.room = short.room;
        match field.name() {
            "message" => self.message = short.text,
            name => self.fields.push((name, Value::String(short.text))),
        }
    }
}

impl Visit for Entry {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.push((field.name(), Value::from(value)));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.push((field.name(), Value::from(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push((field.name(), Value::from(value)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.push((field.name(), Value::from(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add_text(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add_text(field, format_args!("{value:?}"));
    }
}

/// Text that ends where there is no more room.
struct Short {
    text: String,
    room: usize,
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            // Both forms write the others as escapes, of this length at most.
            let taken = match c {
                '"' | '\\' => 2,
                ' '..='~' => 1,
                _ => 12,
            };
            self.room = self.room.checked_sub(taken).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cli::LogFormat;
    use crate::log::logged::{logged, logged_as};

    #[test]
    fn a_line_is_bounded_whatever_it_says() {
        for text in ["x", "\"", "\u{1b}", "\u{1f512}"] {
            let huge = text.repeat(100_000);
            for format in [LogFormat::Text, LogFormat::Json] {
                let line = logged_as(format, || {
                    tracing::warn!(huge, again = ?huge, count = 7, "{huge}");
                });
                assert!((1_000..8_192).contains(&line.len()), "{} bytes", line.len());
                assert!(line.contains("...") && line.contains("count"), "{line}");
            }
        }
    }

    #[test]
    fn fields_keep_their_types_and_their_order() {
        let told = logged_as(LogFormat::Json, || {
            let error = std::io::Error::other("lost");
            tracing::info!(z = true, a = -7, b = 1.5, c = ?Some("x"), %error, d = None::<u8>, "Said");
        });
        let line = told.strip_prefix("<6>").unwrap();
        assert!(line.contains(r#""message":"Said","z":true,"a":-7,"b":1.5,"c":"#), "{line}");
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["c"], &line["error"]), (&json!("Some(\"x\")"), &json!("lost")));
        assert_eq!(line.get("d"), None);
    }

    #[test]
    fn spans_and_other_programs_say_nothing() {
        let told = logged(|| {
            let _within = tracing::info_span!("within").entered();
            tracing::info!(target: "hickory_resolver", "Much");
            tracing::warn!(target: "hickory_resolver", "Odd");
            tracing::trace!("All");
        });
        assert_eq!(told, "<4>Odd\n");
    }
}
