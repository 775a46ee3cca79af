//! The form of the output, where several are asked for.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::OutputArgs;

/// Leaves at most one form: one that is typed wins over all variables, and among those JSON wins
/// over the long form, and that over the short one. Two that are typed contradict each other.
pub(super) fn settle(
    args: &mut OutputArgs,
    matches: &ArgMatches,
    command: &mut Command,
) -> Result<(), clap::Error> {
    let wanted: Vec<&str> = [("json", args.json), ("verbose", args.verbose), ("short", args.short)]
        .into_iter()
        .filter_map(|(name, wanted)| wanted.then_some(name))
        .collect();
    let typed: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine))
        .collect();
    if let [first, second, ..] = typed.as_slice() {
        let words = format!("--{first} and --{second} contradict each other");
        return Err(command.error(ErrorKind::ArgumentConflict, words));
    }
    let chosen = typed.first().or(wanted.first()).copied();
    args.json = chosen == Some("json");
    args.verbose = chosen == Some("verbose");
    args.short = chosen == Some("short");
    Ok(())
}
