//! How a watch ends, whatever it is doing.

use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use vpce_lab::{Server, TlsBehaviour, Vpc};

use crate::Scene;
use crate::program::Program;
use crate::until::until;
use crate::world::{break_names, breakable, heal_names, run};

pub(crate) const SCENES: &[Scene] = &[
    ("signals::end_a_check_against_black_holes", black_holes, in_the_middle),
    ("signals::end_the_first_process_of_a_container", breakable, first_process),
    ("signals::end_a_watch_whose_stdout_is_full", breakable, full_stdout),
    ("signals::end_while_standard_input_has_no_end", breakable, endless_stdin),
    ("signals::stdout_that_is_closed_ends_nothing", breakable, closed_stdout),
];

/// Within this time a signal ends a watch.
const PROMPT: Duration = Duration::from_millis(100);

/// So often it may take longer because this machine is busy with something else.
const TRIES: usize = 10;

/// A pipe that the scene reads, or not.
const PIPE: &str = "/run/pipe";

/// Nothing that is connected to ever answers.
fn black_holes() -> Result<Vpc, Failed> {
    let mut vpc = Vpc::base("fargate")?;
    let addresses: Vec<_> = vpc.names.values().flat_map(|name| name.addresses.clone()).collect();
    for address in addresses {
        let server: &mut Server = vpc.servers.entry(address).or_default();
        server.behaviour = TlsBehaviour::Drop;
    }
    Ok(vpc)
}

fn in_the_middle() -> Result<(), Failed> {
    for signal in ["TERM", "INT"] {
        ends_promptly(|| {
            let watch = Program::start("watch --interval 60m --deadline 60m")?;
            until("a connection that waits for its answer", || is_connecting().then_some(()))?;
            let started = Instant::now();
            watch.signal(signal)?;
            let ended = watch.ended()?;
            let took = started.elapsed();
            assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 0), "{ended:?}");
            Ok(took)
        })?;
    }
    Ok(())
}

/// Nobody else in this network connects to anything.
fn is_connecting() -> bool {
    const SYN_SENT: &str = "02";
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().any(|line| line.split_whitespace().nth(3) == Some(SYN_SENT))
}

/// The kernel keeps signals from such a process that it does not catch.
fn first_process() -> Result<(), Failed> {
    ends_promptly(|| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--pid", "--fork", env!("CARGO_BIN_EXE_vpce-probe"), "watch"]);
        let mut unshare = Program::start_by(unshare)?;
        assert_eq!(unshare.json()?["to"], "pass");
        let id = unshare.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let id = children.trim();
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let ids = status.lines().find(|line| line.starts_with("NSpid:"));
        assert_eq!(ids.and_then(|ids| ids.split_whitespace().last()), Some("1"), "{status}");
        let started = Instant::now();
        run("kill", &["-s", "TERM", id])?;
        let ended = unshare.ended()?;
        let took = started.elapsed();
        assert_eq!(ended.exit, Some(0), "{ended:?}");
        Ok(took)
    })
}

fn full_stdout() -> Result<(), Failed> {
    run("mkfifo", &[PIPE])?;
    let _pipe = open_pipe()?;
    run("sh", &["-c", &format!("head -c 65536 /dev/zero > {PIPE}")])?;
    let mut watch = onto_the_pipe()?;
    watch.log_with("Checked")?;
    let lost = loses_events(&mut watch)?;
    drop(watch);
    assert!(lost > 16, "event {lost} is lost: some should wait first");
    ends_promptly(|| {
        let mut watch = onto_the_pipe()?;
        watch.log_with("Checked")?;
        let started = Instant::now();
        watch.signal("TERM")?;
        let ended = watch.ended()?;
        let took = started.elapsed();
        assert_eq!(ended.exit, Some(0), "{ended:?}");
        Ok(took)
    })
}

fn endless_stdin() -> Result<(), Failed> {
    run("mkfifo", &[PIPE])?;
    let _pipe = open_pipe()?;
    ends_promptly(|| {
        let mut shell = Command::new("sh");
        let program = env!("CARGO_BIN_EXE_vpce-probe");
        let watch = "watch --interval 60m --deadline 60m --task-definition -";
        shell.args(["-c", &format!("exec {program} {watch} < {PIPE}")]);
        let mut watch = Program::start_by(shell)?;
        watch.log_with("Watching")?;
        let started = Instant::now();
        watch.signal("TERM")?;
        let ended = watch.ended()?;
        let took = started.elapsed();
        assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 0), "{ended:?}");
        Ok(took)
    })
}

fn closed_stdout() -> Result<(), Failed> {
    run("mkfifo", &[PIPE])?;
    let pipe = open_pipe()?;
    let mut watch = onto_the_pipe()?;
    watch.log_with("Checked")?;
    drop(pipe);
    loses_events(&mut watch)?;
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!(ended.exit, Some(0), "{ended:?}");
    Ok(())
}

/// As long as this is open, so is the pipe; nobody reads it.
fn open_pipe() -> Result<File, Failed> {
    Ok(File::options().read(true).write(true).open(PIPE)?)
}

/// A watch whose stdout is the pipe.
fn onto_the_pipe() -> Result<Program, Failed> {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec \"$@\" > {PIPE}"), "sh", env!("CARGO_BIN_EXE_vpce-probe")]);
    shell.args(["watch", "--interval", "60m", "--fail-after", "1", "--log-level", "debug"]);
    Program::start_by(shell)
}

/// Makes events until one is lost, and says how many that took. The checks go on meanwhile.
fn loses_events(watch: &mut Program) -> Result<usize, Failed> {
    for number in 1..100 {
        if number % 2 == 1 { break_names() } else { heal_names() }?;
        watch.signal("HUP")?;
        loop {
            let line = watch.log_with("")?;
            if line.contains("lines are lost") {
                return Ok(number);
            }
            if line.contains("Checked") {
                break;
            }
        }
    }
    Err("nothing is lost".into())
}

/// Best of several: this machine may be busy.
fn ends_promptly(mut end: impl FnMut() -> Result<Duration, Failed>) -> Result<(), Failed> {
    let mut fastest = Duration::MAX;
    for _ in 0..TRIES {
        fastest = fastest.min(end()?);
        if fastest <= PROMPT {
            return Ok(());
        }
    }
    Err(format!("ends after {fastest:?} at best").into())
}
