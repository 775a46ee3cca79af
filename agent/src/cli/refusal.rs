//! Why no command is run.

use std::env;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use vpce_probes::printable::printable;

use crate::config::Unusable;
use crate::exit_code::Exit;
use crate::{health, output};

/// Why no command is run.
pub(super) enum Refusal {
    /// The command line asks for a text only, or is wrong.
    CommandLine(clap::Error),
    /// The configuration file is wrong.
    File(Unusable),
    /// Options are wrong together, and some may be from this file.
    Together(clap::Error, PathBuf),
}

impl Refusal {
    /// Tells a health check in its line, and everybody else on stderr.
    pub(super) fn tell(self) -> Exit {
        if !self.asks_for_a_text() && health::is_wanted() {
            return health::refuse(&self.in_a_line());
        }
        match self {
            Self::CommandLine(error) => {
                let error = harmless(error);
                let (kind, variable) = (error.kind(), variable(&error));
                print(error);
                if let Some(variable) = variable {
                    output::complain(&format!(
                        "this is the value of {variable} in the environment"
                    ));
                }
                match kind {
                    ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Pass,
                    _ => Exit::Usage,
                }
            }
            Self::Together(error, file) => {
                print(harmless(error));
                let words = "sets options, too: vpce-probe config shows what is set by what";
                output::complain(&format!("{} {words}", file.display()));
                Exit::Usage
            }
            Self::File(unusable) => {
                unusable.problems.iter().for_each(|problem| output::complain(problem));
                unusable.exit
            }
        }
    }

    fn asks_for_a_text(&self) -> bool {
        let Self::CommandLine(error) = self else { return false };
        matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
    }

    /// What is wrong, without the usage that the parser adds.
    fn in_a_line(&self) -> String {
        match self {
            Self::CommandLine(error) | Self::Together(error, _) => {
                let text = error.render().to_string();
                let words = text.lines().next().unwrap_or_default();
                let words = words.strip_prefix("error: ").unwrap_or(words);
                match variable(error) {
                    Some(variable) => format!("wrong variable {variable}: {words}"),
                    None => format!("wrong command line: {words}"),
                }
            }
            Self::File(unusable) => unusable.problems.join("; "),
        }
    }
}

/// What was typed, and stands in the error, as printable ASCII: the parser repeats it as it is.
fn harmless(mut error: clap::Error) -> clap::Error {
    let said = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, ContextValue::String(printable(text)))),
        ContextValue::Strings(texts) => {
            let texts = texts.iter().map(|text| printable(text)).collect();
            Some((kind, ContextValue::Strings(texts)))
        }
        // A hint, which is coloured unless it repeats such a thing.
        ContextValue::StyledStrs(texts) => {
            let plain: Vec<String> = texts.iter().map(ToString::to_string).collect();
            let is_harmless = plain.iter().all(|text| printable(text) == *text);
            let hints = plain.iter().map(|text| printable(text).into()).collect();
            (!is_harmless).then_some((kind, ContextValue::StyledStrs(hints)))
        }
        _ => None,
    });
    for (kind, value) in said.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    error
}

/// When it cannot be written, the exit code still tells. A text that was asked for is waited for.
fn print(error: clap::Error) {
    let is_for_stderr = error.use_stderr();
    let print = move || drop(error.print());
    match is_for_stderr {
        true => output::to_stderr(print),
        false => print(),
    }
}

/// The variable that holds a value which is refused. The parser names only the option, which nobody
/// may have typed.
fn variable(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let option = argument.split_whitespace().next()?;
    if env::args_os().any(|typed| typed.as_encoded_bytes().starts_with(option.as_bytes())) {
        return None;
    }
    let name = option.strip_prefix("--")?.replace('-', "_").to_ascii_uppercase();
    Some(format!("VPCE_PROBE_{name}")).filter(|name| env::var_os(name).is_some())
}

impl From<clap::Error> for Refusal {
    fn from(error: clap::Error) -> Self {
        Self::CommandLine(error)
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;
    use crate::cli::command_line;

    const HOSTILE: &str = "evil\u{1b}[2J\u{9b}31m\u{202e}\nevil\r<1>evil";

    /// The names of a command with those above it, for each command there is.
    fn commands(command: &Command, above: &[String], found: &mut Vec<Vec<String>>) {
        found.push(above.to_vec());
        for inner in command.get_subcommands() {
            let names = [above, &[inner.get_name().to_owned()]].concat();
            commands(inner, &names, found);
        }
    }

    fn options(command: &Command, names: &[String]) -> Vec<String> {
        let named = names.iter().try_fold(command, |above, name| above.find_subcommand(name));
        let options = named.unwrap().get_arguments().filter_map(clap::Arg::get_long);
        options.map(|name| format!("--{name}")).collect()
    }

    #[test]
    fn nothing_that_is_typed_gets_to_a_terminal_as_it_is() {
        let command = command_line();
        let mut all = Vec::new();
        commands(&command, &["vpce-probe".to_owned()], &mut all);
        let mut refused = 0;
        for names in all {
            let hostile = HOSTILE.to_owned();
            let mut tries = vec![vec![hostile.clone()], vec![format!("--{HOSTILE}")]];
            for option in options(&command, &names[1..]) {
                tries.push(vec![option.clone(), hostile.clone()]);
                tries.push(vec![format!("{option}={HOSTILE}"), hostile.clone()]);
            }
            for tried in tries {
                let line = [names.clone(), tried].concat();
                let Err(error) = command.clone().try_get_matches_from(&line) else { continue };
                let told = harmless(error).render().to_string();
                let is_plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
                assert!(told.bytes().all(is_plain), "{line:?}\n{told}");
                assert!(told.lines().all(|line| !line.trim().starts_with("evil")), "{told}");
                refused += 1;
            }
        }
        assert!(refused > 100, "{refused}");
    }
}
