//! What is logged meanwhile, for tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tracing::level_filters::LevelFilter;

use super::form::Form;
use super::subscriber::ToStderr;
use super::writer::Writer;
use crate::cli::LogFormat;

/// What is logged meanwhile, as the journal gets it.
pub(crate) fn logged(work: impl FnOnce()) -> String {
    logged_as(LogFormat::Text, work)
}

/// The same in another form.
pub(super) fn logged_as(format: LogFormat, work: impl FnOnce()) -> String {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let form = Form::new(format, true);
    let writer = Box::leak(Box::new(Writer::start(form, Box::new(Kept(seen.clone())))));
    let subscriber = ToStderr { form, writer, level: LevelFilter::DEBUG };
    tracing::subscriber::with_default(subscriber, work);
    writer.drain();
    String::from_utf8(seen.lock().unwrap().clone()).unwrap()
}

struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
