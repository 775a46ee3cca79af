//! From the arguments, the environment and the configuration file to a command.

use clap::error::ErrorKind;
use clap::{ArgMatches, FromArgMatches};

use super::refusal::Refusal;
use super::{AgentCommand, Cli, Command, configuration, fix, form, variables, without_form};
use crate::config::{self, Settings};
use crate::exit_code::Exit;

/// Reads the command line, the environment and the configuration file. Help and version are printed
/// here and end the program well; what is wrong is explained on stderr, and to a health check in its
/// line.
pub(crate) fn parse() -> Result<Cli, Exit> {
    read().map_err(Refusal::tell)
}

fn read() -> Result<Cli, Refusal> {
    let arguments = configuration::arguments();
    let mut command = variables::without_empty(configuration::command());
    // Without the file at first: it may be bad, and help is wanted all the same.
    let mut matches = command.try_get_matches_from_mut(&arguments)?;
    let settings = config::read(configuration::file(&matches), &command).map_err(Refusal::File)?;
    if !settings.by_key.is_empty() {
        command = configuration::below(command, &settings);
        matches = command.try_get_matches_from_mut(&arguments)?;
    }
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    match settle(&mut cli, &command, &matches, &settings) {
        Ok(()) => Ok(cli),
        Err(error) if settings.by_key.is_empty() => Err(error.into()),
        Err(error) if error.kind() == ErrorKind::ArgumentConflict => Err(error.into()),
        Err(error) => Err(Refusal::Together(error, settings.file)),
    }
}

/// What the parser itself does not know of this command.
pub(super) fn settle(
    cli: &mut Cli,
    command: &clap::Command,
    matches: &ArgMatches,
    settings: &Settings,
) -> Result<(), clap::Error> {
    let (mut given, matches) = innermost(command, matches);
    let output = match &mut cli.command {
        Some(Command::Agent(AgentCommand::Status(look))) => &mut look.output,
        Some(Command::Agent(AgentCommand::Restart(args))) => &mut args.look.output,
        Some(Command::Report(args)) => &mut args.output,
        Some(Command::Fix(_)) => return fix::refuse_forms(matches, &mut given),
        Some(Command::Explain(args)) => &mut args.look.output,
        Some(Command::Wait(args)) => &mut args.look.output,
        Some(Command::Watch(args)) => {
            args.socket.note(matches);
            return args.settle(matches, &mut given);
        }
        Some(Command::Health(_)) => {
            let whom = "health, which prints one line";
            return without_form::refuse(without_form::FORM, whom, matches, &mut given);
        }
        Some(Command::Config(args)) => return args.see(&mut given, matches, settings),
        Some(Command::Endpoints(_)) => return Ok(()),
        None => &mut cli.check.look.output,
    };
    form::settle(output, matches, &mut given)
}

/// The command that was given, below those that only group others, and what was given to it.
fn innermost<'m>(
    command: &clap::Command,
    matches: &'m ArgMatches,
) -> (clap::Command, &'m ArgMatches) {
    match matches.subcommand() {
        Some((name, inner)) => match command.find_subcommand(name) {
            Some(command) => innermost(command, inner),
            None => (command.clone(), matches),
        },
        None => (command.clone(), matches),
    }
}
