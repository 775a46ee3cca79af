//! Waiting that ends early, or that somebody watches.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use serde_json::{Value, json};
use vpce_lab::Vpc;

use crate::Scene;
use crate::program::Program;
use crate::wait::{NOT_YET, instance, report, said, silent_resolver};
use crate::world::{break_names, breakable, run, vpc_of};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

pub(crate) const SCENES: &[Scene] = &[
    ("wait_ends::not_for_another_region_than_this", instance, another_region),
    ("wait_ends::not_for_a_region_of_no_partition", without_metadata, no_partition),
    ("wait_ends::not_for_a_log_of_another_region", log_abroad, abroad),
    ("wait_ends::not_for_what_cannot_be_read", breakable, unusable),
    ("wait_ends::at_a_signal", breakable, signals),
    ("wait_ends::at_a_signal_as_the_first_process", breakable, first_process),
    ("wait_ends::at_a_signal_while_standard_input_does_not_end", breakable, endless_stdin),
    ("wait_ends::turns_on_a_terminal", breakable, on_a_terminal),
    ("wait_ends::at_a_signal_before_it_knows_anything", silent_resolver, signal_at_once),
];

/// Nothing tells where this is.
fn without_metadata() -> Result<Vpc, Failed> {
    Ok(Vpc { imds: None, ..Vpc::base("ec2")? })
}

fn log_abroad() -> Result<Vpc, Failed> {
    vpc_of("log-in-another-region")
}

/// Ends long before the limit of the scene, which is far below this timeout.
const LONG: &str = "wait --timeout 60m --json";

fn another_region() -> Result<(), Failed> {
    let ended = Program::run(&format!("{LONG} --region us-west-2"))?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE006 Different Regions are named. (us-west-2 (option)");
    // What one check says alone is not believed.
    said(&ended, "checks=2");
    assert_eq!(report(&ended)?["status"], "fail");
    Ok(())
}

fn no_partition() -> Result<(), Failed> {
    let ended = Program::run(&format!("{LONG} --region xx-lab-1"))?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE003 The Region belongs to no known partition.");
    assert_eq!(report(&ended)?["status"], "unknown");
    Ok(())
}

fn abroad() -> Result<(), Failed> {
    let ended = Program::run(LONG)?;
    assert_eq!(ended.exit, Some(1));
    said(&ended, "Waiting cannot help: VPCE133 The task uses something of another Region.");
    Ok(())
}

fn unusable() -> Result<(), Failed> {
    fs::write("/run/task.json", "{")?;
    for (args, exit) in [
        ("--only ecs-telemetri", 64),
        ("--feature telemetry", 64),
        ("--only s3 --skip s3", 64),
        ("--task-definition /run/task.json", 78),
        ("--task-definition /run/absent.json", 78),
    ] {
        let ended = Program::run(&format!("{LONG} {args}"))?;
        assert_eq!((ended.exit, &ended.stdout), (Some(exit), &Vec::new()), "{args}: {ended:#?}");
        assert!(!ended.stderr.is_empty(), "{args}");
    }
    Ok(())
}

fn signals() -> Result<(), Failed> {
    break_names()?;
    // Others use this machine too: one quick end shows what the program needs.
    let mut took = Vec::new();
    for name in ["TERM", "INT", "TERM", "INT", "TERM"] {
        let mut wait = Program::start(LONG)?;
        wait.log_with(NOT_YET)?;
        wait.signal(name)?;
        let ended = wait.ended()?;
        assert_eq!(
            (ended.exit, &report(&ended)?["status"]),
            (Some(1), &json!("fail")),
            "{ended:#?}"
        );
        said(&ended, "Ended by a signal");
        took.push(ended.took);
    }
    let least = took.iter().min().ok_or("no end")?;
    assert!(least.as_millis() < 100, "{took:?}");
    Ok(())
}

/// The kernel gives the first process of a container no signal that it does not catch.
fn first_process() -> Result<(), Failed> {
    break_names()?;
    let mut unshare = Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--", PROGRAM])
        .args(LONG.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stderr = BufReader::new(unshare.stderr.take().ok_or("no stderr")?);
    let mut line = String::new();
    while !line.contains(NOT_YET) {
        line.clear();
        assert!(stderr.read_line(&mut line)? > 0, "it ended");
    }
    let id = unshare.id();
    let first = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
    run("kill", &["-s", "TERM", first.trim()])?;
    let output = unshare.wait_with_output()?;
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(report["status"], "fail");
    Ok(())
}

fn endless_stdin() -> Result<(), Failed> {
    let pipe = "/run/endless";
    run("mkfifo", &[pipe])?;
    // Opened for both, so that nobody waits for the other end and no end ever comes.
    let _both = OpenOptions::new().read(true).write(true).open(pipe)?;
    let mut shell = Command::new("sh");
    let wait = format!("exec {PROGRAM} {LONG} --deadline 60m --task-definition - < {pipe}");
    shell.args(["-c", &wait]);
    let mut wait = Program::start_by(shell)?;
    wait.log_with("Waiting until")?;
    wait.signal("TERM")?;
    let ended = wait.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(1), 0), "{ended:?}");
    Ok(())
}

/// Back to the begin of the line, and nothing on it.
const CLEAR: &str = "\r\u{1b}[K";

fn on_a_terminal() -> Result<(), Failed> {
    break_names()?;
    let told = terminal("xterm")?;
    assert!(told.contains(CLEAR) && told.contains(" s left: ecr.api"), "{told:?}");
    let is_logged = |line: &&str| line.contains(" INFO ") || line.contains(" WARN ");
    let logged: Vec<&str> = told.lines().filter(is_logged).collect();
    assert_eq!(logged.len(), 3, "{told:?}");
    for line in logged {
        let seen = line.rsplit(CLEAR).next().unwrap_or(line);
        assert!(!seen.contains('\u{1b}') && seen.starts_with("20"), "{line:?}");
    }
    let dumb = terminal("dumb")?;
    assert!(dumb.contains(NOT_YET) && !dumb.contains('\u{1b}'), "{dumb:?}");
    Ok(())
}

/// What a terminal of this kind is sent.
fn terminal(kind: &str) -> Result<String, Failed> {
    let wait = format!("{PROGRAM} wait --timeout 3s --short --color never");
    let output = Command::new("script")
        .args(["-qec", &wait, "/dev/null"])
        .env("TERM", kind)
        .stdin(Stdio::null())
        .output()?;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn signal_at_once() -> Result<(), Failed> {
    let mut wait = Program::start(&format!("{LONG} --deadline 60m"))?;
    wait.log_with("Waiting until")?;
    wait.signal("TERM")?;
    let ended = wait.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(1), 0), "{ended:#?}");
    Ok(())
}
