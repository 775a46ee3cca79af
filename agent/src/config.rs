//! The configuration file. Its keys are the long names of the options, and its values what those
//! options take: one table for all commands, so that a watch and a health check share a file.

mod check;
mod entries;
mod known;
mod nearest;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Command;
use vpce_probes::bounded_read;

pub(crate) use self::known::{is_number, is_repeatable, is_switch, options, why_not};
use crate::exit_code::Exit;
use crate::in_time::done_until;

/// Read where no other file is named. That it is not there means nothing.
pub(crate) const DEFAULT_FILE: &str = "/etc/vpce-probe/config.toml";

/// Far more than a line for each option has.
const MAX_BYTES: u64 = 256 * 1024;

/// Longest wait for a file that is named, which may be on a disk that does not answer.
const LIMIT: Duration = Duration::from_millis(900);

/// More than this of what is wrong with one file helps nobody.
const MAX_PROBLEMS: usize = 20;

/// What a file sets.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The file, whether it is there or not.
    pub(crate) file: PathBuf,
    /// Whether it is there.
    pub(crate) is_there: bool,
    /// By the long name of the option.
    pub(crate) by_key: BTreeMap<String, Setting>,
}

/// What one line of the file sets.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Setting {
    /// As the option takes them: several for those that are repeatable.
    pub(crate) values: Vec<String>,
    /// From 1.
    pub(crate) line: usize,
}

/// Why a file cannot be used.
#[derive(Debug)]
pub(crate) struct Unusable {
    pub(crate) exit: Exit,
    /// One line each.
    pub(crate) problems: Vec<String>,
}

impl Unusable {
    fn one(exit: Exit, problem: String) -> Self {
        Self { exit, problems: vec![problem] }
    }
}

/// What stands on a line and is wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    line: usize,
    column: Option<usize>,
    words: String,
}

/// Reads the file that the caller names, or the usual one, for the options of this command line.
///
/// # Errors
/// When it is named and not there, cannot be read, or says anything that no option takes.
pub(crate) fn read(named: Option<&Path>, command: &Command) -> Result<Settings, Unusable> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    let mut settings = Settings { file: path.to_owned(), ..Settings::default() };
    // What every shell has for "no file".
    if path == Path::new("/dev/null") {
        settings.is_there = true;
        return Ok(settings);
    }
    let bytes = match named {
        // Until it is read, nobody knows the deadline.
        Some(path) => {
            let path = path.to_owned();
            let read = move || bounded_read::read(&path, MAX_BYTES);
            done_until(Instant::now() + LIMIT, read).and_then(|read| read)
        }
        None => bounded_read::read(path, MAX_BYTES),
    };
    let text = match bytes {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| {
            Unusable::one(Exit::Config, format!("{} is not UTF-8 text", path.display()))
        })?,
        Err(error) if named.is_none() && is_absence(error.kind()) => return Ok(settings),
        Err(error) => {
            let exit = match error.kind() {
                ErrorKind::PermissionDenied => Exit::NoPermission,
                _ => Exit::Config,
            };
            let words = format!("cannot read the configuration {}: {error}", path.display());
            return Err(Unusable::one(exit, words));
        }
    };
    settings.is_there = true;
    settings.by_key = parse(&text, command)
        .map_err(|problems| Unusable { exit: Exit::Config, problems: told(path, &problems) })?;
    Ok(settings)
}

fn is_absence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What a text sets, or everything that is wrong with it in the order of its lines.
pub(crate) fn parse(
    text: &str,
    command: &Command,
) -> Result<BTreeMap<String, Setting>, Vec<Problem>> {
    let entries = entries::entries(text)?;
    let options = options(command);
    let mut by_key = BTreeMap::new();
    let mut problems = Vec::new();
    for entry in entries {
        match check::values(&entry, &options) {
            Ok(values) => {
                by_key.insert(entry.key, Setting { values, line: entry.line });
            }
            Err(words) => problems.push(Problem { line: entry.line, column: None, words }),
        }
        if problems.len() > MAX_PROBLEMS {
            break;
        }
    }
    if problems.is_empty() { Ok(by_key) } else { Err(problems) }
}

pub(crate) fn told(path: &Path, problems: &[Problem]) -> Vec<String> {
    let file = path.display();
    let mut lines: Vec<String> = problems
        .iter()
        .take(MAX_PROBLEMS)
        .map(|Problem { line, column, words }| match column {
            Some(column) => format!("{file}, line {line}, column {column}: {words}"),
            None => format!("{file}, line {line}: {words}"),
        })
        .collect();
    if problems.len() > MAX_PROBLEMS {
        lines.push(format!("{file}: there is more like these"));
    }
    lines
}

#[cfg(test)]
mod tests;
