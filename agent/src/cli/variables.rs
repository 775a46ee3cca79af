//! Variables of the environment.

use std::env;

use clap::Command;

/// The command line without the variables that are empty: templates of task definitions set those
/// of options that nobody wants.
pub(super) fn without_empty(command: Command) -> Command {
    command
        .mut_args(|argument| {
            let is_empty =
                argument.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
            if is_empty { argument.env(None) } else { argument }
        })
        .mut_subcommands(without_empty)
}
