//! Every behaviour the lab knows, met from inside by a small client of its own.
//!
//! One executable plays three parts: the tests, the inside of the lab, and the client that
//! the lab runs as its program.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

mod agent;
mod client;
mod dns;
mod docker;
mod metadata;
mod network;
mod path;
mod running;
mod systemd;
mod tls;

use std::env;
use std::net::IpAddr;

use libtest_mimic::{Arguments, Failed, Trial};
use vpce_lab::{Lab, Outcome, Run, Vpc};

fn main() {
    vpce_lab::enter_if_asked();
    let args: Vec<String> = env::args().skip(1).collect();
    if args.first().is_some_and(|arg| arg == "client") {
        return client::main(&args[1..]);
    }
    let trials = [dns::trials(), metadata::trials(), network::trials(), running::trials()]
        .into_iter()
        .chain([
            tls::trials(),
            agent::trials(),
            docker::trials(),
            systemd::trials(),
            path::trials(),
        ])
        .flatten()
        .collect();
    let mut arguments = Arguments::from_args();
    // Most of the time is spent waiting for answers that do not come.
    arguments.test_threads = arguments.test_threads.or(Some(8));
    libtest_mimic::run(&arguments, trials).exit();
}

fn trial(name: impl Into<String>, test: impl FnOnce() + Send + 'static) -> Trial {
    Trial::test(name, move || {
        test();
        Ok::<(), Failed>(())
    })
}

fn ec2() -> Vpc {
    Vpc::base("ec2").unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Runs a script in one lab; returns what it said.
fn said(lab: &Lab, script: &str) -> String {
    let outcome = sh(lab, script);
    assert_eq!(outcome.exit, Some(0), "{script}: {}", outcome.stderr);
    outcome.stdout.trim_end().to_owned()
}

fn sh(lab: &Lab, script: &str) -> Outcome {
    lab.run("/bin/sh", &[Run::with_args(["-c", script])]).unwrap().remove(0)
}

/// Whether a server that sends byte by byte had sent some when the client left, and not many.
fn dripped(said: &str) -> bool {
    let count = said.strip_suffix("open").and_then(|rest| rest.split_once(" bytes"));
    count.is_some_and(|(count, _)| (2..30).contains(&count.parse::<u32>().unwrap()))
}

/// Runs the client once for each line of words; returns what it said each time.
fn client(vpc: Vpc, commands: &[&str]) -> Vec<String> {
    client_in(&Lab::new(vpc), commands)
}

fn client_in(lab: &Lab, commands: &[&str]) -> Vec<String> {
    let runs: Vec<Run> = commands
        .iter()
        .map(|words| Run::with_args(["client"].into_iter().chain(words.split(' '))))
        .collect();
    let outcomes = lab.run(env::current_exe().unwrap(), &runs).unwrap();
    assert_eq!(outcomes.len(), commands.len());
    outcomes
        .into_iter()
        .zip(commands)
        .map(|(outcome, words)| {
            assert_eq!(outcome.exit, Some(0), "{words}: {}", outcome.stderr);
            outcome.stdout.trim_end().to_owned()
        })
        .collect()
}
