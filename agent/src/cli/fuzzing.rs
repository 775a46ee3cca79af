//! What a caller writes: arguments, and the configuration file.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::time::Duration;

use clap::FromArgMatches;

use super::parse::settle;
use super::{Cli, Command, configuration as file, variables};
use crate::config::{self, Settings};
use crate::render;

/// The arguments, one a line.
pub fn command_line(bytes: &[u8]) {
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| OsString::from_vec(line.to_vec()));
    let arguments = std::iter::once(OsString::from("vpce-probe")).chain(lines);
    let arguments: Vec<OsString> = file::in_order(arguments.collect());
    match understood(&arguments, &Settings::default()) {
        Ok(cli) => {
            let deadline = cli.check.look.deadline;
            let limits = Duration::from_millis(10)..=Duration::from_secs(3600);
            assert!(limits.contains(&deadline), "{deadline:?}");
        }
        Err(error) => assert!(!error.render().to_string().is_empty()),
    }
}

/// The configuration file: what is accepted is what `vpce-probe config` prints, and reads again.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let by_key = match config::parse(text, &file::command()) {
        Ok(by_key) => by_key,
        Err(problems) => {
            let told = config::told(Path::new("FILE"), &problems);
            assert!(!told.is_empty() && told.len() <= 21, "{told:?}");
            return;
        }
    };
    let settings = Settings { by_key, ..Settings::default() };
    let arguments = ["vpce-probe", "config"].map(OsString::from);
    // Two forms of the output, say, are fine in a file and contradict each other here.
    let Ok(cli) = understood(&arguments, &settings) else { return };
    let Some(Command::Config(args)) = &cli.command else { return };
    let printed = render::settings(args);
    let again = config::parse(&printed, &file::command());
    assert!(again.is_ok(), "{printed}");
    for (key, setting) in again.unwrap_or_default() {
        let first = settings.by_key.get(&key);
        // Some options take several in one text, and are printed apart.
        let is_same = first.is_none_or(|first| first.values.join(",") == setting.values.join(","));
        assert!(is_same, "{key}: {printed}");
    }
}

fn understood(arguments: &[OsString], settings: &Settings) -> Result<Cli, clap::Error> {
    let mut command = file::below(variables::without_empty(file::command()), settings);
    let matches = command.try_get_matches_from_mut(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    settle(&mut cli, &command, &matches, settings).map(|()| cli)
}
