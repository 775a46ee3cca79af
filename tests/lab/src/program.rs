//! Running the program under test in the lab.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use crate::error::Trouble;
use crate::lab::{Job, Outcome, Run};
use crate::machine::Machine;
use crate::tools;

/// The program's PATH unless the scenario says otherwise.
const PATH: &str = "/usr/bin:/bin";

/// Gives a program a process table of its own, as a container has it.
const OWN_PROCESSES: [&str; 6] =
    ["unshare", "--pid", "--mount-proc", "--fork", "--kill-child", "--"];

/// Stands before the memory that `time` tells.
const PEAK: &str = "vpce-lab: peak ";

/// No sane report is longer; what comes after it finds the pipe closed.
const MAX_OUTPUT: u64 = 64 * 1024 * 1024;

/// Runs the program once and catches everything it says.
pub(crate) async fn run(job: &Job, run: &Run, machine: &Machine) -> Result<Outcome, Trouble> {
    machine.calls();
    let started = Instant::now();
    let mut child = command(job, run)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| cannot_run(job, &why))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let ending = timeout(job.limit, async {
        let (_, _, status) = tokio::join!(read(out, &mut stdout), read(err, &mut stderr), async {
            let status = child.wait().await;
            (status, started.elapsed())
        });
        status
    });
    let (status, ran, hung) = match ending.await {
        Ok((status, ran)) => (status, ran, false),
        Err(_) => {
            let ran = started.elapsed();
            let _ = child.start_kill();
            (child.wait().await, ran, true)
        }
    };
    let status = status.map_err(|why| cannot_run(job, &why))?;
    let mut stderr = String::from_utf8_lossy(&stderr).into_owned();
    let peak_kib = if job.measured { take_peak(&mut stderr) } else { None };
    // As shells do, `time` tells of a signal by its code.
    let killed = status.code().filter(|code| job.measured && *code > 128).map(|code| code - 128);
    Ok(Outcome {
        exit: status.code().filter(|_| killed.is_none()),
        signal: status.signal().or(killed),
        stdout: String::from_utf8_lossy(&stdout).into_owned(),
        stderr,
        peak_kib,
        wall_ms: ran.as_secs_f64() * 1000.0,
        hung,
        calls: machine.calls(),
    })
}

/// Takes what `time` has written behind all that the program wrote.
fn take_peak(stderr: &mut String) -> Option<u64> {
    let begin = stderr.rfind(PEAK)?;
    let told = stderr.split_off(begin);
    told.strip_prefix(PEAK)?.trim().parse().ok()
}

/// Runs the program with this process's standard streams; returns its exit code.
pub(crate) async fn run_attached(job: &Job) -> Result<i32, Trouble> {
    let run = job.runs.first().cloned().unwrap_or_default();
    let status = command(job, &run).status().await.map_err(|why| cannot_run(job, &why))?;
    Ok(as_shells_do(status))
}

fn as_shells_do(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1)
}

fn command(job: &Job, run: &Run) -> Command {
    let mut words: Vec<OsString> = Vec::new();
    if job.measured {
        let form = format!("{PEAK}%M");
        words.extend(["time", "--quiet", "--format", &form, "--"].map(OsString::from));
    }
    if job.own_processes {
        words.extend(OWN_PROCESSES.map(OsString::from));
    }
    if let Some(uid) = job.uid {
        words.extend(["setpriv".into(), format!("--reuid={uid}").into()]);
        words.extend([format!("--regid={uid}").into(), "--clear-groups".into(), "--".into()]);
    }
    words.push(job.program.clone().into());
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or_default());
    command
        .args(words)
        .args(&run.args)
        .env_clear()
        .env("PATH", PATH)
        .envs(&job.vpc.env)
        .envs(&run.env)
        .current_dir("/")
        .kill_on_drop(true);
    command
}

async fn read(from: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    if let Some(from) = from {
        // What was read before an error still counts.
        let _ = from.take(MAX_OUTPUT).read_to_end(into).await;
    }
}

fn cannot_run(job: &Job, why: &io::Error) -> Trouble {
    if job.measured && why.kind() == io::ErrorKind::NotFound {
        return tools::missing("time");
    }
    if job.uid.is_some() && why.kind() == io::ErrorKind::NotFound {
        return tools::missing("setpriv");
    }
    Trouble::Program { program: job.program.display().to_string(), why: why.to_string() }
}
