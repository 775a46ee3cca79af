//! Why no command is run.

use std::env;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};

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
                // When even this cannot be written, the exit code still tells.
                let _ = error.print();
                if let Some(variable) = variable(&error) {
                    output::complain(&format!(
                        "this is the value of {variable} in the environment"
                    ));
                }
                match error.kind() {
                    ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Pass,
                    _ => Exit::Usage,
                }
            }
            Self::Together(error, file) => {
                let _ = error.print();
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
