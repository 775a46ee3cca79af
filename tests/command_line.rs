//! The command line as a user meets it. Nothing here touches a network: there is none.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "command_line/endpoints.rs"]
mod endpoints;
#[path = "command_line/explanations.rs"]
mod explanations;
#[path = "command_line/fixes.rs"]
mod fixes;
#[path = "command_line/helps.rs"]
mod helps;
#[path = "command_line/misuse.rs"]
mod misuse;
#[path = "harness/offline.rs"]
mod offline;
#[path = "command_line/options.rs"]
mod options;
#[path = "command_line/reports.rs"]
mod reports;

use std::io::Write;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use offline::offline;
use vpce_probes::observation::Observations;
use vpce_probes::plan::Plan;
use vpce_probes::report::Report;
use vpce_probes::surroundings::Surroundings;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

fn run_with(args: &[&str], env: &[(&str, &str)]) -> Output {
    // The variables are cleared for the program, not for finding what starts it.
    let mut command = offline("env");
    let variables = env.iter().map(|(name, value)| format!("{name}={value}"));
    command.arg("-i").args(variables).arg(PROGRAM).args(args).output().unwrap()
}

fn run(args: &[&str]) -> Output {
    run_with(args, &[])
}

/// The program with this on its standard input.
fn run_on(args: &[&str], input: &[u8]) -> Output {
    let mut command = offline("env");
    let command = command.arg("-i").arg(PROGRAM).args(args);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // Whoever has read enough, or refuses what it read, is gone before everything is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn assert_misuse(args: &[&str], exit: i32, words: &str) {
    let output = run(args);
    assert_eq!(output.status.code(), Some(exit), "{args:?}");
    assert!(output.stdout.is_empty(), "stdout is for results only");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(words), "{args:?} says {told:?}");
}

/// The path of a report of nothing.
fn saved_report() -> String {
    let report = Report::new(Surroundings::default(), Plan::default(), Observations::default());
    saved("report", serde_json::to_string(&report).unwrap().as_bytes())
}

/// The path of a file with this in it.
fn saved(what: &str, content: &[u8]) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("vpce-probe-{what}-{}-{number}.json", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}
