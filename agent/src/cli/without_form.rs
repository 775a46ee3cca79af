//! Commands that print no report, and for which the form of one has no meaning.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// Options that say how a report is printed.
pub(super) const FORM: &[&str] = &["json", "short", "verbose", "color"];

/// Leaves the options of [`FORM`] out of the help.
pub(super) fn hide(option: Arg) -> Arg {
    let is_form = FORM.contains(&option.get_id().as_str());
    if is_form { option.hide(true) } else { option }
}

/// Tells who types one of these options that it has no meaning for that command. Variables that are
/// set for other commands change nothing here.
pub(super) fn refuse(
    options: &[&str],
    whom: &str,
    matches: &ArgMatches,
    command: &mut Command,
) -> Result<(), clap::Error> {
    let is_typed = |name: &&&str| matches.value_source(name) == Some(ValueSource::CommandLine);
    match options.iter().find(is_typed) {
        None => Ok(()),
        Some(name) => {
            let words = format!("--{} has no meaning for {whom}", name.replace('_', "-"));
            Err(command.error(ErrorKind::ArgumentConflict, words))
        }
    }
}
