//! The files of the agent's log, newest first.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::ecs_agent::in_order::in_order;
use crate::surroundings::{Absence, AbsenceReason, Source};

const NAME: &str = "ecs-agent.log";

/// More files than are kept: 24, unless told otherwise. Source: amazon-ecs-agent README,
/// `ECS_LOG_MAX_ROLL_COUNT`.
const MAX_ENTRIES: usize = 1000;

/// By which the newest file comes last: the one without a suffix, which is written now; those with a
/// moment in their name (`ecs-agent.log.2026-11-21-20`; old agents write no other), then others
/// by the moment of their last change.
#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Age {
    Other(SystemTime),
    Named(String),
    Current,
}

/// The files of the log in this directory, newest first.
///
/// # Errors
/// The reason why the directory cannot be read.
pub(super) fn log_files(directory: &Path) -> Result<Vec<PathBuf>, Absence> {
    let entries = std::fs::read_dir(directory).map_err(|error| unreadable(directory, &error))?;
    let files = entries.take(MAX_ENTRIES).filter_map(Result::ok).filter_map(|entry| {
        let name = entry.file_name();
        let changed = || entry.metadata().and_then(|metadata| metadata.modified()).ok();
        age(name.to_str()?, changed).map(|age| (age, entry.path()))
    });
    Ok(in_order(files).into_iter().rev().map(|(_, path)| path).collect())
}

/// None for what is no file of this log, or compressed.
fn age(name: &str, changed: impl Fn() -> Option<SystemTime>) -> Option<Age> {
    let suffix = name.strip_prefix(NAME)?;
    if suffix.is_empty() {
        return Some(Age::Current);
    }
    let suffix = suffix.strip_prefix('.')?;
    let is_number = !suffix.is_empty() && suffix.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let lengths: Vec<usize> = suffix.split('-').map(str::len).collect();
    match lengths.as_slice() {
        _ if !is_number => None,
        [4, 2, 2, 2] => Some(Age::Named(suffix.to_owned())),
        _ => changed().map(Age::Other),
    }
}

/// Why a file or directory of the log cannot be read.
pub(super) fn unreadable(path: &Path, error: &Error) -> Absence {
    let (reason, words) = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            (AbsenceReason::NotFound, "does not exist".to_owned())
        }
        ErrorKind::PermissionDenied => {
            (AbsenceReason::NotPermitted, format!("cannot be read: {error}"))
        }
        _ => (AbsenceReason::Unreadable, format!("cannot be read: {error}")),
    };
    Absence::new(Source::file(path), reason, format!("{} {words}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    #[test]
    fn the_newest_comes_first() {
        let scratch = Scratch::new("log-files");
        for name in [
            "ecs-agent.log.2",
            "ecs-agent.log.2026-11-21-20",
            "ecs-agent.log",
            "ecs-agent.log.2026-11-21-19",
            "ecs-agent.log.2026-11-21-18.gz",
            "ecs-agent.logger",
            "ecs-init.log",
        ] {
            scratch.file(name, "");
        }
        let files = log_files(scratch.path()).unwrap();
        let names: Vec<_> =
            files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect();
        let expected = [
            "ecs-agent.log",
            "ecs-agent.log.2026-11-21-20",
            "ecs-agent.log.2026-11-21-19",
            "ecs-agent.log.2",
        ];
        assert_eq!(names, expected);
    }
}
