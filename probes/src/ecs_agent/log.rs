//! The agent's log: the second witness of what it is connected to.

mod files;
mod line;

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

use self::files::log_files;
use self::line::{Event, read_line};
use super::AgentLog;
use crate::bounded_read;
use crate::surroundings::{Absence, AbsenceReason, Fact, Source};

/// How much of the end of a file is read. The agent connects anew every half hour, and writes far
/// less in that time.
const MAX_BYTES: u64 = 1024 * 1024;

/// How many files are read, from the newest on, before what was not found counts as not there.
const MAX_FILES: usize = 4;

/// Reads what the log in this directory says last of the agent's connections.
pub(super) fn read(directory: &Path) -> Fact<AgentLog> {
    let files = match log_files(directory) {
        Ok(files) => files,
        Err(absence) => return Fact::missing(absence),
    };
    let mut log = AgentLog::default();
    let mut unreadable = None;
    for file in files.iter().take(MAX_FILES) {
        match end_of(file) {
            Ok(text) => {
                if log.file.is_empty() {
                    log.file = file.display().to_string();
                }
                take_newer(&mut log, of_text(&text));
            }
            Err(error) => {
                unreadable.get_or_insert_with(|| files::unreadable(file, &error));
            }
        }
        if log.control.is_some() && log.telemetry.is_some() && log.discovered.is_some() {
            break;
        }
    }
    match (log.file.is_empty(), unreadable) {
        (false, _) => Fact::known(log, Source::file(directory)),
        (true, Some(absence)) => Fact::missing(absence),
        (true, None) => {
            let detail = format!("{} has no ecs-agent.log", directory.display());
            let source = Source::file(directory);
            Fact::missing(Absence::new(source, AbsenceReason::NotFound, detail))
        }
    }
}

/// What an older file says counts where the newer ones say nothing.
fn take_newer(log: &mut AgentLog, older: AgentLog) {
    log.control = log.control.take().or(older.control);
    log.telemetry = log.telemetry.take().or(older.telemetry);
    log.discovered = log.discovered.take().or(older.discovered);
    log.expired_cache_used_at = log.expired_cache_used_at.take().or(older.expired_cache_used_at);
}

/// The last mebibyte of a file, from the beginning of a line on.
fn end_of(path: &Path) -> Result<String> {
    let mut file: File = bounded_read::open(path)?;
    let length = file.metadata()?.len();
    let skipped = length.saturating_sub(MAX_BYTES);
    file.seek(SeekFrom::Start(skipped))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(match skipped {
        0 => text.into_owned(),
        _ => text.split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned()),
    })
}

/// The last of each kind of line.
pub(super) fn of_text(text: &str) -> AgentLog {
    let mut log = AgentLog::default();
    for line in text.lines() {
        match read_line(line) {
            Some(Event::Connecting { host, telemetry: false }) => log.control = Some(host),
            Some(Event::Connecting { host, telemetry: true }) => log.telemetry = Some(host),
            Some(Event::Discovered(host)) => log.discovered = Some(host),
            Some(Event::ExpiredCache { host, at }) => {
                log.discovered = host.or(log.discovered);
                log.expired_cache_used_at = at.or(log.expired_cache_used_at);
            }
            None => {}
        }
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecs_agent::scratch::Scratch;

    fn line(second: u32, host: &str) -> String {
        format!(
            "level=info time=2026-11-21T20:00:{second:02}Z msg=\"Establishing a Websocket connection\" url=\"https://{host}/ws?cluster=secret\"\n"
        )
    }

    fn host(logged: &Option<super::super::LoggedHost>) -> Option<&str> {
        logged.as_ref().map(|logged| logged.host.as_str())
    }

    #[test]
    fn the_last_line_of_each_kind_counts() {
        let scratch = Scratch::new("log-last");
        let text = [
            line(1, "ecs-a-3.us-east-1.amazonaws.com"),
            line(2, "ecs-t-3.us-east-1.amazonaws.com"),
            line(3, "ecs-a.us-east-1.amazonaws.com"),
        ];
        let path = scratch.file("ecs-agent.log", text.concat());
        let fact = read(scratch.path());
        let log = fact.value().unwrap();
        assert_eq!(log.file, path.display().to_string());
        assert_eq!(host(&log.control), Some("ecs-a.us-east-1.amazonaws.com"));
        assert_eq!(log.control.as_ref().unwrap().at.as_deref(), Some("2026-11-21T20:00:03Z"));
        assert_eq!(host(&log.telemetry), Some("ecs-t-3.us-east-1.amazonaws.com"));
        assert!(!format!("{log:?}").contains("secret"));
    }

    #[test]
    fn older_files_complete_what_the_newest_leaves_open() {
        let scratch = Scratch::new("log-older");
        scratch.file("ecs-agent.log", line(9, "ecs-a.us-east-1.amazonaws.com"));
        scratch.file("ecs-agent.log.2026-11-21-19", line(5, "ecs-t.us-east-1.amazonaws.com"));
        let older = [
            line(1, "ecs-a-1.us-east-1.amazonaws.com"),
            line(2, "ecs-t-1.us-east-1.amazonaws.com"),
        ];
        scratch.file("ecs-agent.log.2026-11-21-18", older.concat());
        let fact = read(scratch.path());
        let log = fact.value().unwrap();
        assert!(log.file.ends_with("/ecs-agent.log"));
        assert_eq!(host(&log.control), Some("ecs-a.us-east-1.amazonaws.com"));
        assert_eq!(host(&log.telemetry), Some("ecs-t.us-east-1.amazonaws.com"));
    }

    #[test]
    fn only_the_end_of_a_huge_file_is_read() {
        let scratch = Scratch::new("log-huge");
        let mut text = line(1, "ecs-t.us-east-1.amazonaws.com");
        text.push_str(&"x".repeat(2 * 1024 * 1024));
        text.push('\n');
        text.push_str(&line(2, "ecs-a.us-east-1.amazonaws.com"));
        scratch.file("ecs-agent.log", text);
        let fact = read(scratch.path());
        let log = fact.value().unwrap();
        assert_eq!(host(&log.control), Some("ecs-a.us-east-1.amazonaws.com"));
        assert_eq!(log.telemetry, None);
    }

    #[test]
    fn without_a_log_the_reason_is_told() {
        let scratch = Scratch::new("log-none");
        assert_eq!(read(scratch.path()).why_missing()[0].reason, AbsenceReason::NotFound);
        let nowhere = read(Path::new("/nonexistent/ecs"));
        assert_eq!(nowhere.why_missing()[0].reason, AbsenceReason::NotFound);
    }
}
