//! The task definition that the caller names.

use std::io::{Error, ErrorKind, Read, Result as Done};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use vpce_probes::bounded_read;
use vpce_probes::catalog::Catalog;
use vpce_probes::plan::TaskNeeds;
use vpce_probes::task_definition::{MAX_BYTES, task_definition};

use super::Failure;
use crate::exit_code::Exit;

/// What the task of this file asks for; nothing without a file. Standard input has to end before
/// `until`, where there is a deadline.
pub(super) fn needs(
    catalog: &Catalog,
    file: Option<&Path>,
    until: Option<Instant>,
) -> Result<TaskNeeds, Failure> {
    let Some(path) = file else { return Ok(TaskNeeds::default()) };
    let is_standard_input = path.as_os_str() == "-";
    let name = match is_standard_input {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    };
    let read = match (is_standard_input, until) {
        (false, _) => bounded_read::read(path, MAX_BYTES),
        (true, None) => standard_input(),
        (true, Some(until)) => standard_input_until(until),
    };
    let text = read.and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "not UTF-8 text"))
    });
    let text = text.map_err(|error| {
        let exit = match error.kind() {
            ErrorKind::PermissionDenied => Exit::NoPermission,
            _ => Exit::Config,
        };
        Failure::new(exit, format!("cannot read the task definition {name}: {error}"))
    })?;
    task_definition(catalog, &text)
        .map_err(|error| Failure::new(Exit::Config, format!("{name}: {error}")))
}

fn standard_input() -> Done<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        let words = format!("larger than {} MiB", MAX_BYTES / (1024 * 1024));
        return Err(Error::new(ErrorKind::FileTooLarge, words));
    }
    Ok(bytes)
}

/// A thread waits, as nothing else can be told to stop: it ends with the program.
fn standard_input_until(until: Instant) -> Done<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more after the deadline.
        let _ = sender.send(standard_input());
    });
    let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    receiver
        .recv_timeout(left)
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::TimedOut, "no end before the deadline")))
}
