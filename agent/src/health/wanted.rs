//! Whether a health check is wanted, before anything is known for sure: what goes wrong then must
//! not end with an exit code that container engines reserve.

use std::ffi::OsString;

/// The other commands. A word behind one of them is no command.
const OTHERS: [&str; 8] =
    ["agent", "config", "endpoints", "explain", "fix", "report", "wait", "watch"];

/// Whether the program was called for a health check, as far as one can tell without understanding
/// the command line.
pub(crate) fn is_wanted() -> bool {
    names_health(std::env::args_os().skip(1))
}

fn names_health(mut args: impl Iterator<Item = OsString>) -> bool {
    // A file may have the name of a command.
    let mut is_file = false;
    args.find(|arg| {
        let is_word = !std::mem::replace(&mut is_file, arg == "--config");
        is_word && (arg == "health" || OTHERS.iter().any(|other| arg == other))
    })
    .is_some_and(|command| command == "health")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn the_first_command_counts() {
        let wants = |line: &str| names_health(line.split_whitespace().map(OsString::from));
        for line in [
            "health",
            "health --bogus",
            "--deadline 3s health",
            "--json health wait",
            "--config watch health",
            "--config=watch health",
        ] {
            assert!(wants(line), "{line}");
        }
        for line in
            ["", "--bogus", "explain health", "watch --only health", "--config health watch"]
        {
            assert!(!wants(line), "{line}");
        }
    }

    #[test]
    fn every_command_is_known() {
        let commands = Cli::command();
        for name in commands.get_subcommands().map(clap::Command::get_name) {
            assert!(name == "health" || OTHERS.contains(&name), "{name}");
        }
    }
}
