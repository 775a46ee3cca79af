//! The task definition that the caller names.

use std::io::{Error, ErrorKind, Read, Result as Done};
use std::path::Path;
use std::time::Instant;

use vpce_probes::bounded_read;
use vpce_probes::catalog::Catalog;
use vpce_probes::plan::TaskNeeds;
use vpce_probes::task_definition::{MAX_BYTES, task_definition};

use super::Failure;
use crate::exit_code::Exit;
use crate::in_time::done_until;

/// What the task of this file asks for; nothing without a file. It has to be read by `until`, where
/// there is a deadline.
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
    let path = path.to_owned();
    let bytes = move || match is_standard_input {
        true => standard_input(),
        false => bounded_read::read(&path, MAX_BYTES),
    };
    let read = match until {
        Some(until) => done_until(until, bytes).and_then(|read| read),
        None => bytes(),
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
