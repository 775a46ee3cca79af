//! The log on stderr, of commands that stay.
//!
//! What is logged are `tracing` events: `error` for what keeps the program from its work, `warn` for
//! what a person should look at, `info` for changes and decisions, `debug` for every check.

mod destination;
mod entry;
mod form;
#[cfg(test)]
mod logged;
mod subscriber;
mod writer;

use std::io::stderr;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;

use crate::cli::{LogArgs, LogLevel};

use self::form::Form;
#[cfg(test)]
pub(crate) use self::logged::logged;
use self::subscriber::ToStderr;
use self::writer::Writer;

static WRITER: OnceLock<Writer> = OnceLock::new();

/// From here on what is logged goes to stderr, in the form that the caller wants.
pub(crate) fn init(args: LogArgs) {
    let form = Form::new(args.log_format, destination::is_journal());
    let writer = WRITER.get_or_init(|| Writer::start(form, Box::new(stderr())));
    let subscriber = ToStderr { form, writer, level: filter(args.log_level) };
    // One that is there already stays.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// Whether there is a log, so that nothing else may go to stderr.
pub(crate) fn is_on() -> bool {
    WRITER.get().is_some()
}

/// Waits until everything is written, but not for a reader that does not read.
pub(crate) fn flush() {
    if let Some(writer) = WRITER.get() {
        writer.flush();
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    }
}
