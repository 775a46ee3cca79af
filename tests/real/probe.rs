//! The program under test, where the agent is.

use std::fs;
use std::process::{Child, Output, Stdio};

use libtest_mimic::Failed;
use serde_json::Value;

use crate::command::{Place, cannot_run, text};
use crate::until::until;

/// The program, there.
#[derive(Clone, Copy)]
pub(crate) struct Probe {
    place: Place,
}

/// What it said.
#[derive(Debug)]
pub(crate) struct Said {
    /// How it ended.
    pub(crate) exit: Option<i32>,
    /// Its report.
    pub(crate) report: Value,
    stderr: String,
}

impl Probe {
    pub(crate) fn at(place: Place) -> Self {
        Self { place }
    }

    /// `vpce-probe`.
    pub(crate) fn check(self) -> Result<Said, Failed> {
        Said::of(&self.spawn(&["--json"])?.wait_with_output()?)
    }

    /// `vpce-probe agent restart`, to its end.
    pub(crate) fn restart(self, args: &[&str]) -> Result<Said, Failed> {
        Said::of(&self.start_restart(args)?.wait_with_output()?)
    }

    /// `vpce-probe agent restart`, which is on its way when this returns.
    pub(crate) fn start_restart(self, args: &[&str]) -> Result<Child, Failed> {
        self.spawn(&[&["agent", "restart", "--json"], args].concat())
    }

    fn spawn(self, args: &[&str]) -> Result<Child, Failed> {
        let program = match self.place {
            Place::Lab => env!("CARGO_BIN_EXE_vpce-probe"),
            Place::Machine(_) => "/usr/bin/vpce-probe",
        };
        let mut command = self.place.command(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|why| cannot_run(program, &why))
    }

    /// Kills it, wherever it is just now. On a machine it is the child of a process that went in
    /// there, which is held meanwhile so that it starts none unseen, and ends with its child.
    pub(crate) fn kill(self, mut child: Child) -> Result<(), Failed> {
        let outer = child.id().to_string();
        Place::Lab.run("kill", &["-STOP", &outer])?;
        let is_held = || state_of(&outer).is_none_or(|state| state == "T").then_some(());
        until("the program is held", is_held)?;
        let children = fs::read_to_string(format!("/proc/{outer}/task/{outer}/children"));
        let children = children.unwrap_or_default();
        let inner = children.split_whitespace().next();
        Place::Lab.output("kill", &["-KILL", inner.unwrap_or(&outer)])?;
        Place::Lab.output("kill", &["-CONT", &outer])?;
        child.wait()?;
        Ok(())
    }
}

/// The letter of a process's state; none once it is gone.
fn state_of(pid: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let state = status.lines().find_map(|line| line.strip_prefix("State:"))?;
    state.split_whitespace().next().filter(|state| *state != "Z").map(str::to_owned)
}

impl Said {
    /// What a run has said that has ended.
    pub(crate) fn of(output: &Output) -> Result<Self, Failed> {
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let report = serde_json::from_str(&stdout)
            .map_err(|why| format!("{} and no report: {why}\n{stdout}\n{stderr}", output.status))?;
        Ok(Self { exit: output.status.code(), report, stderr })
    }

    /// Whether a finding has this code.
    pub(crate) fn finds(&self, code: &str) -> bool {
        let findings = self.report.get("findings").and_then(Value::as_array);
        findings.is_some_and(|all| all.iter().any(|f| f.get("code") == Some(&code.into())))
    }

    /// A text of the report.
    pub(crate) fn word(&self, pointer: &str) -> &str {
        self.report.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Holds it against how it has to end and what has to stand in its report.
    pub(crate) fn holds(&self, exit: i32, words: &[(&str, &str)]) -> Result<(), Failed> {
        let wrong = words.iter().find(|(pointer, word)| self.word(pointer) != *word);
        match wrong {
            None if self.exit == Some(exit) => Ok(()),
            None => Err(self.fails(&format!("ended with {:?}, not {exit}", self.exit))),
            Some((pointer, word)) => {
                Err(self.fails(&format!("{pointer} is {:?}, not {word:?}", self.word(pointer))))
            }
        }
    }

    /// A failure with everything that was said.
    pub(crate) fn fails(&self, what: &str) -> Failed {
        format!("{what}\nexit {:?}\n{:#}\n{}", self.exit, self.report, self.stderr).into()
    }
}
