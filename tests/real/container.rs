//! A container of the program under test.

use libtest_mimic::Failed;
use serde_json::Value;

use crate::engine::Engine;
use crate::engine_api;
use crate::task_definition::TaskDefinition;
use crate::until::until;

/// The memory of a container in the shipped task definitions.
const LEAST_KIB: u64 = 32 * 1024;

/// One, on a machine.
pub(crate) struct Container<'a> {
    engine: &'a Engine,
    name: &'a str,
}

impl<'a> Container<'a> {
    /// Starts the one of that task definition.
    pub(crate) fn start(
        engine: &'a Engine,
        name: &'a str,
        of: &TaskDefinition,
    ) -> Result<Self, Failed> {
        engine_api::create(engine.place, name, &of.container()?)?;
        engine.docker(&["start", name])?;
        Ok(Self { engine, name })
    }

    /// Waits for its end; returns its exit code.
    pub(crate) fn exit_code(&self) -> Result<String, Failed> {
        until("the container ends", || {
            (self.inspect(".State.Status").ok()? == "exited").then_some(())
        })?;
        self.inspect(".State.ExitCode")
    }

    /// It ends with that code.
    pub(crate) fn ends_with(&self, code: &str) -> Result<(), Failed> {
        match self.exit_code()? {
            is if is == code => Ok(()),
            is => Err(self.fails(&format!("ended with {is}, not {code}"))),
        }
    }

    /// Docker comes to that verdict, by a line that says why.
    pub(crate) fn becomes(&self, wanted: &str, start: &str) -> Result<(), Failed> {
        until(&format!("the container is {wanted}"), || {
            let health: Value =
                serde_json::from_str(&self.inspect("json .State.Health").ok()?).ok()?;
            let is_so = health.get("Status")? == wanted;
            let last = health.get("Log")?.as_array()?.last()?;
            let output = last.get("Output")?.as_str()?;
            let is_one_line = output.ends_with('\n') && output.lines().count() == 1;
            (is_so && is_one_line && output.starts_with(start)).then_some(())
        })
        .map_err(|failed| self.fails(failed.message().unwrap_or_default()))
    }

    /// It has never needed more than the least that a definition gives it. Not every machine that the tests
    /// run on has control groups that see to it.
    pub(crate) fn is_small(&self) -> Result<(), Failed> {
        let pid = self.inspect(".State.Pid")?;
        let status = self.engine.place.run("cat", &[&format!("/proc/{pid}/status")])?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        match peak.and_then(|peak| peak.trim().parse::<u64>().ok()) {
            Some(kib) if kib < LEAST_KIB => Ok(()),
            other => Err(self.fails(&format!("{other:?} KiB of memory"))),
        }
    }

    /// It obeys, as the first process of its container: one that Docker has to kill ends with 137.
    pub(crate) fn stops_well(&self) -> Result<(), Failed> {
        self.engine.docker(&["stop", self.name])?;
        self.ends_with("0")
    }

    /// What it has printed, to stdout alone.
    pub(crate) fn stdout(&self) -> Result<String, Failed> {
        self.engine.docker(&["logs", self.name])
    }

    /// Waits until its log of both streams holds that.
    pub(crate) fn says(&self, words: &str) -> Result<(), Failed> {
        until(&format!("{words:?} in the log"), || self.log().contains(words).then_some(()))
            .map_err(|failed| self.fails(failed.message().unwrap_or_default()))
    }

    /// Runs the program once more in it; the exit code with what it says.
    pub(crate) fn also_runs(&self, args: &[&str]) -> Result<(Option<i32>, String), Failed> {
        let exec = ["exec", self.name, "/vpce-probe"];
        let output = self.engine.place.output("docker", &[&exec[..], args].concat())?;
        Ok((output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned()))
    }

    /// A failure, with what is to be seen of it.
    pub(crate) fn fails(&self, why: &str) -> Failed {
        let state = self.inspect("json .State").unwrap_or_default();
        format!("{}: {why}\n{state}\n{}", self.name, self.log()).into()
    }

    fn inspect(&self, what: &str) -> Result<String, Failed> {
        self.engine.docker(&["inspect", "--format", &format!("{{{{{what}}}}}"), self.name])
    }

    fn log(&self) -> String {
        let both = self.engine.place.output("docker", &["logs", self.name]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        both.map(|both| text(&both.stdout) + &text(&both.stderr)).unwrap_or_default()
    }
}
