//! The `vpce-probe` program: command line, renderers, exit codes. The knowledge is in
//! `vpce_probes`.

mod cli;
mod command;
mod config;
mod exit_code;
mod health;
#[cfg(test)]
mod hostile;
mod in_time;
mod log;
#[cfg(test)]
mod manual;
mod output;
mod panic;
mod progress;
mod render;
mod restart;
#[cfg(test)]
mod scratch;
mod serve;
mod service_manager;
mod signals;
mod textfile;
mod wait;
mod watch;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let started = Instant::now();
    panic::ends_the_program();
    match cli::parse() {
        Ok(cli) => command::run(cli, started).into(),
        Err(exit) => exit.into(),
    }
}
