//! Where the configuration file is, and what the options are with it: an option counts as typed,
//! else as its variable says, else as the file says, else as it is by itself.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, CommandFactory, value_parser};

use super::Cli;
use super::form::{self, FORMS};
use crate::config::{self, DEFAULT_FILE, Settings};

pub(super) const AFTER_CONFIG: &str = "\
What it prints is such a file itself. It takes all options of all commands that can stand there: what
is typed is shown as it would count. Every command reads the file when it starts, refuses one in which
anything is wrong, and takes what is its own.

Exit codes: 0 printed, 64 wrong command line, 77 missing permission to read the file, 78 unusable
file.";

/// Options of `vpce-probe config`, beside all those that can stand in a file.
#[derive(Args, Debug)]
pub(crate) struct ConfigArgs {
    /// Print a file to begin with, in which everything is explained and nothing is set
    #[arg(long)]
    pub(crate) template: bool,
    /// The file, whether it is there or not.
    #[arg(skip)]
    pub(crate) file: PathBuf,
    /// Whether it is there.
    #[arg(skip)]
    pub(crate) is_there: bool,
    #[arg(skip)]
    pub(crate) json: bool,
    /// In the order of their names.
    #[arg(skip)]
    pub(crate) options: Vec<Effective>,
}

/// What an option is set to.
#[derive(Debug)]
pub(crate) struct Effective {
    pub(crate) key: String,
    pub(crate) help: String,
    /// What it takes, in the word of its help.
    pub(crate) placeholder: String,
    pub(crate) form: Form,
    /// None where it is not set.
    pub(crate) values: Vec<String>,
    pub(crate) origin: Origin,
    /// What counts instead of what this origin says.
    pub(crate) instead: Option<&'static str>,
}

/// How a file holds the values of an option.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    Text,
    Number,
    Switch,
    Texts,
}

/// What set an option.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    CommandLine,
    /// The variable of this name.
    Environment(String),
    /// The line of the file.
    File(usize),
    Default,
    Nothing,
}

/// The whole command line, as far as no file is read.
pub(crate) fn command() -> Command {
    let command = Cli::command().arg(
        Arg::new("config")
            .long("config")
            .env("VPCE_PROBE_CONFIG")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .global(true)
            .help_heading(None::<&'static str>)
            .help(format!("Read options from this file instead of {DEFAULT_FILE}")),
    );
    let all: Vec<Arg> = in_a_file(&command).map(|(_, option)| option.clone().hide(false)).collect();
    command.mut_subcommand("config", |config| config.args(all))
}

/// The arguments of this program. Where the file is comes before a command, too.
pub(super) fn arguments() -> Vec<OsString> {
    in_order(std::env::args_os().collect())
}

/// The parser takes no option before a command, as such an option would be of another one.
pub(super) fn in_order(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let option = arguments.get(1).map(|word| word.to_string_lossy().into_owned());
    let words = match option.as_deref() {
        Some("--config") => 2,
        Some(word) if word.starts_with("--config=") => 1,
        _ => return arguments,
    };
    let is_command = |word: &OsString| !word.as_encoded_bytes().starts_with(b"-");
    if arguments.get(1 + words).is_some_and(is_command)
        && let Some(from_option) = arguments.get_mut(1..2 + words)
    {
        from_option.rotate_left(words);
    }
    arguments
}

/// The file that the caller names.
pub(super) fn file(matches: &ArgMatches) -> Option<&Path> {
    matches.get_one::<PathBuf>("config").map(PathBuf::as_path)
}

/// The command line with the values of a file below those of the environment.
pub(super) fn below(command: Command, settings: &Settings) -> Command {
    command
        .mut_args(|option| {
            let setting = option.get_long().and_then(|long| settings.by_key.get(long));
            match setting {
                // They are kept as long as the program runs: the parser wants them so.
                Some(setting) => option.default_values(
                    setting.values.iter().map(|value| &*Box::leak(value.clone().into_boxed_str())),
                ),
                None => option,
            }
        })
        .mut_subcommands(|command| below(command, settings))
}

impl ConfigArgs {
    /// Looks at what the options of `vpce-probe config` itself are set to.
    pub(super) fn see(
        &mut self,
        given: &mut Command,
        matches: &ArgMatches,
        settings: &Settings,
    ) -> Result<(), clap::Error> {
        let form = form::chosen(matches, given)?;
        self.file.clone_from(&settings.file);
        self.is_there = settings.is_there;
        self.json = form == Some("json");
        if self.template {
            let all = command();
            self.options = in_a_file(&all).map(|(name, option)| by_itself(name, option)).collect();
            return Ok(());
        }
        self.options = in_a_file(given)
            .map(|(name, option)| effective(name, option, matches, settings))
            .collect();
        for option in &mut self.options {
            if FORMS.contains(&option.key.as_str())
                && form.is_some_and(|form| form != option.key)
                && option.values.iter().any(|value| value == "true")
            {
                option.values = vec![false.to_string()];
                option.instead = form;
            }
        }
        Ok(())
    }
}

/// The options that can stand in a file, by name.
fn in_a_file(command: &Command) -> impl Iterator<Item = (&str, &Arg)> {
    config::options(command).into_iter().filter(|(name, _)| config::why_not(name).is_none())
}

fn by_itself(name: &str, option: &Arg) -> Effective {
    let form = form_of(option);
    let text = |value: &OsStr| value.to_string_lossy().into_owned();
    let values: Vec<String> = match form {
        Form::Switch => vec![false.to_string()],
        _ => option.get_default_values().iter().map(|value| text(value)).collect(),
    };
    let placeholder = option.get_value_names().and_then(<[_]>::first);
    Effective {
        key: name.to_owned(),
        help: option.get_help().map(ToString::to_string).unwrap_or_default(),
        placeholder: placeholder.map(ToString::to_string).unwrap_or_default(),
        form,
        origin: if values.is_empty() { Origin::Nothing } else { Origin::Default },
        values,
        instead: None,
    }
}

fn effective(name: &str, option: &Arg, matches: &ArgMatches, settings: &Settings) -> Effective {
    let mut seen = by_itself(name, option);
    let id = option.get_id().as_str();
    let line = settings.by_key.get(name).map(|setting| setting.line);
    seen.origin = match (matches.value_source(id), line) {
        (Some(ValueSource::CommandLine), _) => Origin::CommandLine,
        (Some(ValueSource::EnvVariable), _) => {
            let variable = option.get_env().unwrap_or_default();
            Origin::Environment(variable.to_string_lossy().into_owned())
        }
        (_, Some(line)) => Origin::File(line),
        (Some(_), None) => Origin::Default,
        (None, None) => Origin::Nothing,
    };
    seen.values = match seen.form {
        Form::Switch => vec![matches.get_flag(id).to_string()],
        _ => {
            let raw = matches.get_raw(id).into_iter().flatten();
            raw.map(|value| value.to_string_lossy().into_owned()).collect()
        }
    };
    seen
}

fn form_of(option: &Arg) -> Form {
    if config::is_switch(option) {
        Form::Switch
    } else if config::is_repeatable(option) {
        Form::Texts
    } else if config::is_number(option) {
        Form::Number
    } else {
        Form::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<'c>(command: &'c Command, found: &mut Vec<(&'c str, &'c Arg)>) {
        found.extend(command.get_arguments().map(|option| (command.get_name(), option)));
        command.get_subcommands().for_each(|command| all(command, found));
    }

    /// One file is for all commands: what has one name has one meaning.
    #[test]
    fn options_of_one_name_are_the_same_in_all_commands() {
        let command = command();
        let mut found = Vec::new();
        all(&command, &mut found);
        for (name, first) in config::options(&command) {
            for (place, option) in
                found.iter().filter(|(_, option)| option.get_long() == Some(name))
            {
                let told = format!("--{name} of {place}");
                assert_eq!(option.get_id(), first.get_id(), "{told}");
                assert_eq!(option.get_env(), first.get_env(), "{told}");
                assert_eq!(option.get_default_values(), first.get_default_values(), "{told}");
                assert_eq!(option.get_value_delimiter(), first.get_value_delimiter(), "{told}");
                assert_eq!(form_of(option), form_of(first), "{told}");
                let types = [option, &first].map(|option| option.get_value_parser().type_id());
                assert_eq!(types[0], types[1], "{told}");
            }
        }
    }

    /// Repeatable options are lists, so each must take several values.
    #[test]
    fn every_option_has_one_of_the_forms_of_a_file() {
        let command = command();
        for (name, option) in in_a_file(&command) {
            let takes = option.get_action();
            let is_known = matches!(
                takes,
                clap::ArgAction::Set | clap::ArgAction::SetTrue | clap::ArgAction::Append
            );
            assert!(is_known, "--{name}: {takes:?}");
            assert_eq!(form_of(option) == Form::Texts, option.get_value_delimiter().is_some());
            assert!(option.get_env().is_some() && option.get_help().is_some(), "--{name}");
        }
    }

    #[test]
    fn the_file_may_be_named_before_the_command() {
        let reordered = |words: &str| {
            let words = words.split(' ').map(OsString::from).collect();
            in_order(words).join(" ".as_ref()).into_string().unwrap()
        };
        for (given, meant) in [
            ("p --config f watch --emf", "p watch --config f --emf"),
            ("p --config=f agent restart", "p agent --config=f restart"),
            ("p --config f --json", "p --config f --json"),
            ("p --config f", "p --config f"),
            ("p --config=f", "p --config=f"),
            ("p --config", "p --config"),
            ("p --configure f watch", "p --configure f watch"),
            ("p watch --config f", "p watch --config f"),
            ("p", "p"),
        ] {
            assert_eq!(reordered(given), meant);
        }
    }
}
