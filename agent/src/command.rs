//! The commands of the program.

mod agent_restart;
mod agent_status;
mod check;
mod config;
mod ecs_agent;
mod endpoints;
mod explain;
mod fix;
mod health;
mod observed;
mod request;
mod saved_report;
mod task_definition;
mod wait;
mod watch;

use std::fmt;
use std::time::Instant;

use crate::cli::{AgentCommand, Cli, Command};
use crate::exit_code::Exit;
use crate::{log, output};

/// Why a command could not do its work: what to tell, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Runs the command that the command line asks for.
pub(crate) fn run(cli: Cli, started: Instant) -> Exit {
    let done = match cli.command {
        None => check::run(&cli.check, started),
        Some(Command::Endpoints(args)) => endpoints::run(&args),
        Some(Command::Agent(AgentCommand::Restart(args))) => agent_restart::run(&args, started),
        Some(Command::Agent(AgentCommand::Status(look))) => agent_status::run(&look, started),
        Some(Command::Fix(args)) => fix::run(&args, started),
        Some(Command::Explain(args)) => explain::run(&args, started),
        // Both are used until the program ends, also by threads.
        Some(Command::Wait(args)) => wait::run(Box::leak(args), started),
        Some(Command::Watch(args)) => watch::run(Box::leak(args)),
        Some(Command::Health(args)) => Ok(health::run(&args, started)),
        Some(Command::Report(args)) => saved_report::run(&args),
        Some(Command::Config(args)) => Ok(config::run(&args)),
    };
    let exit = done.unwrap_or_else(|failure| {
        output::give_up(&failure.message);
        failure.exit
    });
    log::flush();
    exit
}
