//! The `vpce-probe` program: command line, renderers, exit codes. The knowledge is in
//! `vpce_probes`.
//!
//! It is a library only so that `tests/fuzz` reaches what reads from outside: see [`main`].

mod cli;
mod command;
mod config;
mod exit_code;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
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

/// The whole program.
pub fn main() -> ExitCode {
    let started = Instant::now();
    panic::ends_the_program();
    match cli::parse() {
        Ok(cli) => command::run(cli, started).into(),
        Err(exit) => exit.into(),
    }
}
