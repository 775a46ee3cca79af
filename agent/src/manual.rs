//! What is published of the command line beside the program: manual pages, completions and the
//! configuration file to begin with. All of it is made of what `--help` is made of.

mod command_page;
mod completions;
mod file_page;
mod option_text;
mod parts;
mod roff;
mod tests;

use std::collections::BTreeMap;

use clap::Command;

use crate::cli::command_line;

/// The page of the configuration file, which no command has.
const FILE_PAGE: &str = "vpce-probe-config.5";

/// Every manual page by the name of its file.
fn pages() -> BTreeMap<String, String> {
    let mut command = command_line();
    command.build();
    let mut pages: BTreeMap<String, String> = all(&command)
        .into_iter()
        .map(|command| (format!("{}.1", name(command)), command_page::page(command)))
        .collect();
    pages.insert(FILE_PAGE.to_owned(), file_page::page(&command));
    pages
}

/// This command and those below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    [command].into_iter().chain(below).collect()
}

/// The name of a command's page: `vpce-probe-agent-status`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

/// The command as it is typed: `vpce-probe agent status`.
fn typed(command: &Command) -> &str {
    command.get_bin_name().unwrap_or(command.get_name())
}
