//! From events to lines. Only as much of a subscriber as this program needs: there are no spans.

use std::time::SystemTime;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::entry::Entry;
use super::form::Form;
use super::writer::Writer;

/// What the modules of this program and of its library begin with.
const OURS: &str = "vpce_probe";

/// Writes events to stderr.
#[derive(Debug)]
pub(super) struct ToStderr {
    pub(super) form: Form,
    pub(super) writer: &'static Writer,
    pub(super) level: LevelFilter,
}

impl Subscriber for ToStderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Libraries warn of what this program tells in its own words, to those who debug.
        let is_wanted = metadata.target().starts_with(OURS)
            || (self.level == LevelFilter::DEBUG && *metadata.level() <= Level::WARN);
        metadata.is_event() && *metadata.level() <= self.level && is_wanted
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let level = *event.metadata().level();
        let line = self.form.line(SystemTime::now(), level, &Entry::of(event));
        self.writer.write(line);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
