//! The form of the output, where several are asked for.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::OutputArgs;

/// By their weight, where they are wanted by the same.
pub(super) const FORMS: [&str; 3] = ["json", "verbose", "short"];

/// Leaves at most one form.
pub(super) fn settle(
    args: &mut OutputArgs,
    matches: &ArgMatches,
    command: &mut Command,
) -> Result<(), clap::Error> {
    let chosen = chosen(matches, command)?;
    args.json = chosen == Some("json");
    args.verbose = chosen == Some("verbose");
    args.short = chosen == Some("short");
    Ok(())
}

/// The form that counts: one that is typed wins over all variables, these over the file, and among
/// equals JSON wins over the long form, and that over the short one. Two that are typed contradict
/// each other.
pub(super) fn chosen(
    matches: &ArgMatches,
    command: &mut Command,
) -> Result<Option<&'static str>, clap::Error> {
    let wanted = FORMS.into_iter().filter(|name| matches.get_flag(name));
    // Sources are in the order of their weight. What only the file says is a default to the parser.
    let source = |name: &&str| matches.value_source(name);
    let weightiest = wanted.clone().map(|name| source(&name)).max().flatten();
    let wanted: Vec<&str> = wanted.filter(|name| source(name) == weightiest).collect();
    if let [first, second, ..] = wanted.as_slice()
        && weightiest == Some(ValueSource::CommandLine)
    {
        let words = format!("--{first} and --{second} contradict each other");
        return Err(command.error(ErrorKind::ArgumentConflict, words));
    }
    Ok(wanted.first().copied())
}
