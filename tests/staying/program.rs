//! The program under test while it stays: what it tells, line by line, and signals to it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use serde_json::Value;

use crate::until::LIMIT;
use crate::world;

/// The program, started and not ended.
pub(crate) struct Program {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    said: Vec<String>,
}

/// What it said from beginning to end.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Option<i32>,
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
    /// From the moment at which its end was awaited.
    pub(crate) took: Duration,
}

impl Program {
    /// Starts it with these arguments (by words) in the environment of the lab.
    pub(crate) fn start(args: &str) -> Result<Self, Failed> {
        Self::start_with(args, &[])
    }

    /// The same with more variables.
    pub(crate) fn start_with(args: &str, env: &[(&str, &str)]) -> Result<Self, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vpce-probe"));
        command.args(args.split_whitespace()).envs(env.iter().copied());
        Self::start_by(command)
    }

    /// Starts it by a command that becomes it: `setpriv ... vpce-probe health`.
    pub(crate) fn start_by(mut command: Command) -> Result<Self, Failed> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdout = lines(child.stdout.take().ok_or("no stdout")?);
        let stderr = lines(child.stderr.take().ok_or("no stderr")?);
        Ok(Self { child, stdout, stderr, said: Vec::new() })
    }

    /// Runs it to its end.
    pub(crate) fn run(args: &str) -> Result<Ended, Failed> {
        Self::start(args)?.ended()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line of stdout.
    pub(crate) fn line(&mut self) -> Result<String, Failed> {
        let line = self.stdout.recv_timeout(LIMIT).map_err(|why| {
            let stderr: Vec<String> = self.stderr.try_iter().collect();
            format!("no line: {why}\nbefore: {:#?}\nstderr: {stderr:#?}", self.said)
        })?;
        self.said.push(line.clone());
        Ok(line)
    }

    /// The next line of stdout, which has to be JSON.
    pub(crate) fn json(&mut self) -> Result<Value, Failed> {
        let line = self.line()?;
        serde_json::from_str(&line).map_err(|why| format!("{why}: {line}").into())
    }

    /// The next line of stderr with these words in it; others before it are passed over.
    pub(crate) fn log_with(&mut self, words: &str) -> Result<String, Failed> {
        let end = Instant::now() + LIMIT;
        let mut passed = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.stderr.recv_timeout(left);
            let line = line.map_err(|why| format!("no {words:?}: {why}\n{passed:#?}"))?;
            if line.contains(words) {
                return Ok(line);
            }
            passed.push(line);
        }
    }

    /// Sends a signal: `TERM`, `HUP`, `STOP`.
    pub(crate) fn signal(&self, name: &str) -> Result<(), Failed> {
        world::run("kill", &["-s", name, &self.id().to_string()])
    }

    /// Waits for its end, and takes everything that it said and nobody has read.
    pub(crate) fn ended(mut self) -> Result<Ended, Failed> {
        let started = Instant::now();
        let status = self.awaited()?;
        let took = started.elapsed();
        let rest: Vec<String> = self.stdout.iter().collect();
        Ok(Ended {
            exit: status.code(),
            stdout: self.said.drain(..).chain(rest).collect(),
            stderr: self.stderr.iter().collect(),
            took,
        })
    }

    fn awaited(&mut self) -> Result<ExitStatus, Failed> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() >= end {
                return Err(format!("does not end within {LIMIT:?}").into());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may be held by a signal, or have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}
