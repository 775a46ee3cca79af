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
