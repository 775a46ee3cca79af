//! Runs of a program that something outside of it holds up: it still ends in time, and tells.

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use vpce_lab::{Lab, Outcome, Run, Scenario};

use crate::in_time::{self, GRACE_MS};
use crate::under_test;

/// Time that the shell around the program takes.
const SHELL_MS: f64 = 50.0;

/// The file that the first option names never ends.
const PIPE_AS_CA_FILE: &str = r#"
    mkfifo /etc/pipe &&
    AWS_CA_BUNDLE=/etc/pipe SSL_CERT_FILE=/etc/pipe exec "$1" --json --deadline 1s"#;

/// Nobody takes what the program writes.
const READER_ASLEEP: &str = r#"
    mkfifo /etc/pipe && exec 3<>/etc/pipe &&
    { dd if=/dev/zero of=/etc/pipe bs=4096 count=1024 oflag=nonblock 2>/dev/null
      exec "$1" --json --deadline 1s >&3; }"#;

/// Nobody takes what the program complains of.
const COMPLAINT_UNREAD: &str = r#"
    mkfifo /etc/pipe && exec 3<>/etc/pipe &&
    { dd if=/dev/zero of=/etc/pipe bs=4096 count=1024 oflag=nonblock 2>/dev/null
      AWS_CA_BUNDLE=/none SSL_CERT_FILE=/none exec "$1" --json --deadline 1s 2>&3; }"#;

/// Nobody takes anything that the program writes.
const NOTHING_READ: &str = r#"
    mkfifo /etc/pipe && exec 3<>/etc/pipe &&
    { dd if=/dev/zero of=/etc/pipe bs=4096 count=1024 oflag=nonblock 2>/dev/null
      AWS_CA_BUNDLE=/none exec "$1" --json --deadline 1s >&3 2>&3; }"#;

/// Nobody takes why the program gives up.
const REFUSAL_UNREAD: &str = r#"
    mkfifo /etc/pipe && exec 3<>/etc/pipe &&
    { dd if=/dev/zero of=/etc/pipe bs=4096 count=1024 oflag=nonblock 2>/dev/null
      exec "$1" --ca-file /none --deadline 1s 2>&3; }"#;

const STDOUT_CLOSED: &str = r#"exec "$1" --json --deadline 1s >&-"#;

const DISK_FULL: &str = r#"exec "$1" --json --deadline 1s >/dev/full"#;

/// The reader leaves before anything is written.
const READER_GONE: &str = r#"{ "$1" --json --deadline 1s; echo "ended with $?" >&2; } | :"#;

/// The program gets no time while its deadline passes.
const STOPPED: &str = r#"
    "$1" --json --deadline 1s & program=$!
    sleep 0.2
    kill -STOP $program || exit 99
    sleep 1.3
    kill -CONT $program
    wait $program"#;

/// A trial for each way to hold the program up.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("held_up::pipe_as_ca_file", || {
            let outcome = run("healthy-ec2", PIPE_AS_CA_FILE, 1000.0 + GRACE_MS + SHELL_MS)?;
            tells(&outcome, "AWS_CA_BUNDLE: cannot read certificate authorities from /etc/pipe")?;
            tells(&outcome, "SSL_CERT_FILE: cannot read certificate authorities from /etc/pipe")?;
            reports(&outcome, 0)
        }),
        Trial::test("held_up::reader_asleep", || {
            let outcome = run("healthy-ec2", READER_ASLEEP, 1000.0 + GRACE_MS + SHELL_MS)?;
            tells(&outcome, "vpce-probe: nobody reads the report")?;
            ends(&outcome, 0)
        }),
        Trial::test("held_up::complaint_unread", || {
            reports(&run("healthy-ec2", COMPLAINT_UNREAD, 1000.0 + GRACE_MS + SHELL_MS)?, 0)
        }),
        Trial::test("held_up::nothing_read", || {
            ends(&run("healthy-ec2", NOTHING_READ, 1000.0 + GRACE_MS + SHELL_MS)?, 0)
        }),
        Trial::test("held_up::refusal_unread", || {
            ends(&run("healthy-ec2", REFUSAL_UNREAD, 1000.0 + GRACE_MS + SHELL_MS)?, 78)
        }),
        Trial::test("held_up::stdout_closed", || {
            ends(&run("healthy-ec2", STDOUT_CLOSED, 1000.0 + GRACE_MS + SHELL_MS)?, 0)
        }),
        Trial::test("held_up::disk_full", || {
            let outcome = run("healthy-ec2", DISK_FULL, 1000.0 + GRACE_MS + SHELL_MS)?;
            tells(&outcome, "vpce-probe: the result cannot be written")?;
            ends(&outcome, 0)
        }),
        Trial::test("held_up::reader_gone", || {
            let outcome = run("healthy-ec2", READER_GONE, 1000.0 + GRACE_MS + SHELL_MS)?;
            tells(&outcome, "ended with 0")
        }),
        Trial::test("held_up::stopped_across_the_deadline", || {
            reports(&run("resolver-silent", STOPPED, 30_000.0)?, 1)
        }),
    ]
}

fn run(scenario: &str, script: &str, limit_ms: f64) -> Result<Outcome, Failed> {
    let scenario = Scenario::named(scenario)?;
    let args = ["-c", script, "sh", &under_test::program()];
    in_time::run(&Lab::of(&scenario), "/bin/sh", &Run::with_args(args), |_| limit_ms)
}

fn tells(outcome: &Outcome, words: &str) -> Result<(), Failed> {
    if outcome.stderr.contains(words) {
        return Ok(());
    }
    Err(format!("stderr does not say {words:?}: {outcome:?}").into())
}

fn ends(outcome: &Outcome, exit: i32) -> Result<(), Failed> {
    if outcome.exit == Some(exit) {
        return Ok(());
    }
    Err(format!("ended with {:?}, not {exit}: {outcome:?}", outcome.exit).into())
}

fn reports(outcome: &Outcome, exit: i32) -> Result<(), Failed> {
    let report: Value = serde_json::from_str(&outcome.stdout)
        .map_err(|error| format!("no whole report: {error}: {outcome:?}"))?;
    if outcome.exit == Some(exit) && report["status"].is_string() {
        return Ok(());
    }
    Err(format!("ended with {:?}, not {exit}: {outcome:?}", outcome.exit).into())
}
