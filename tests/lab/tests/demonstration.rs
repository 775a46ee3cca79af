//! The `vpce-lab` program: whatever it runs has its terminal and gives the exit code.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

const PLAIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/scenarios/plain.toml");

fn vpce_lab(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vpce-lab"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_command_has_the_streams_and_the_exit_code() {
    let script = "cat; cat /etc/hosts; echo err >&2; exit 3";
    let output = vpce_lab(&[PLAIN, "--command", "sh", "-c", script], "in\n");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(stdout(&output), "in\n127.0.0.1 localhost\n");
    assert_eq!(stderr(&output), "plain: Nothing is wrong here.\n\nerr\n");
}

#[test]
fn the_program_gets_the_scenarios_arguments_last() {
    let output = vpce_lab(&["--program", "/bin/echo", PLAIN, "--", "--json"], "");
    assert_eq!(stdout(&output), "--json --last\n");
}

#[test]
fn a_lab_may_be_larger_than_a_variable_of_the_environment() {
    let long = "\u{e4}".repeat(50_000);
    let output = vpce_lab(&[PLAIN, "--command", "echo", &long, &long], "");
    assert_eq!(stdout(&output), format!("{long} {long}\n"), "{}", stderr(&output));
}

#[test]
fn a_signal_is_told_as_shells_do() {
    let output = vpce_lab(&[PLAIN, "--command", "sh", "-c", "kill -9 $$"], "");
    assert_eq!(output.status.code(), Some(128 + 9));
}

#[test]
fn misuse_and_faults_have_their_own_exit_codes() {
    assert_eq!(vpce_lab(&["--no-such-option"], "").status.code(), Some(64));
    assert_eq!(vpce_lab(&["one", "two"], "").status.code(), Some(64));
    let unknown = vpce_lab(&["no-such-scenario"], "");
    assert_eq!(unknown.status.code(), Some(70));
    assert!(
        stderr(&unknown).contains("no scenario no-such-scenario: --list"),
        "{}",
        stderr(&unknown)
    );
    let missing = vpce_lab(&[PLAIN, "--command", "/no/such/command"], "");
    assert_eq!(missing.status.code(), Some(70));
    assert!(stderr(&missing).contains("cannot run /no/such/command"), "{}", stderr(&missing));
}
