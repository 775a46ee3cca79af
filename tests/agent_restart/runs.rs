//! Runs of `vpce-probe agent restart` in one lab, and what is demanded of each.

use std::sync::OnceLock;

use serde_json::Value;
use vpce_lab::{Lab, Outcome, Run, Vpc};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

pub(crate) const CONTROL: &str = "ecs-a.us-east-1.amazonaws.com";
pub(crate) const TELEMETRY: &str = "ecs-t.us-east-1.amazonaws.com";
pub(crate) const SYSTEMD: &str = "systemctl restart ecs.service";

/// One run.
pub(crate) struct Restarted {
    pub(crate) exit: Option<i32>,
    /// What `--json` printed.
    pub(crate) report: Value,
    /// The lines on stderr.
    pub(crate) log: String,
    /// How often the Docker Engine was asked about the agent.
    pub(crate) looks: usize,
    /// What was asked of systemd and Docker, and was no question only.
    pub(crate) acts: Vec<String>,
}

impl Restarted {
    /// Exit code, decision, and the outcome if something was done.
    pub(crate) fn came_out(&self) -> (i32, &str, &str) {
        let word = |key: &str| self.report[key].as_str().unwrap_or_default();
        (self.exit.unwrap(), word("decision"), word("outcome"))
    }

    /// Exit code and kind of a refusal.
    pub(crate) fn refused(&self) -> (i32, &str) {
        assert_eq!(self.report["decision"], "refused", "{}", self.log);
        (self.exit.unwrap(), self.report["refusal"]["kind"].as_str().unwrap_or_default())
    }
}

/// A shell that runs the program, as `$1`, some other way than alone.
pub(crate) fn script(script: &str) -> Run {
    Run::with_args(["-c", script, "sh", PROGRAM])
}

/// `vpce-probe agent restart --json` with these arguments.
pub(crate) fn restart(args: &str) -> Run {
    script(&format!("exec \"$1\" agent restart --json {args}"))
}

/// The base VPC for container instances.
pub(crate) fn ec2() -> Vpc {
    Vpc::base("ec2").unwrap()
}

/// An instance whose agent connected to public addresses before the endpoints were created.
pub(crate) fn stale() -> Vpc {
    let mut vpc = ec2();
    let public = ["52.94.228.102".parse().unwrap(), "52.94.228.103".parse().unwrap()];
    vpc.agent.as_mut().unwrap().stale = public.into();
    vpc
}

/// Runs these one after the other in one lab.
pub(crate) fn all(vpc: Vpc, runs: &[Run]) -> Vec<Restarted> {
    all_in(&Lab::new(vpc), runs)
}

pub(crate) fn all_in(lab: &Lab, runs: &[Run]) -> Vec<Restarted> {
    lab.run("/bin/sh", runs).unwrap().into_iter().map(checked).collect()
}

/// Runs this one.
pub(crate) fn one(vpc: Vpc, run: Run) -> Restarted {
    all(vpc, &[run]).remove(0)
}

/// Its report is of the published schema, and stderr holds structured lines only.
fn checked(outcome: Outcome) -> Restarted {
    let told = format!("stdout {:?}\nstderr {:?}", outcome.stdout, outcome.stderr);
    assert!(!outcome.hung && outcome.signal.is_none(), "hung or killed\n{told}");
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap_or_default();
    if report.get("decision").is_some() {
        let errors: Vec<String> =
            schema().iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "not of the published schema: {errors:?}\n{told}");
        let decision = format!(" agent-restart decision={} ", report["decision"].as_str().unwrap());
        let first = outcome.stderr.lines().next().unwrap_or_default();
        assert!(first.contains(&decision), "{told}");
        let lines = 1 + usize::from(!report["outcome"].is_null());
        assert_eq!(outcome.stderr.lines().count(), lines, "{told}");
    }
    let is_look = |call: &&String| call.ends_with("/containers/ecs-agent/json");
    let looks = outcome.calls.iter().filter(is_look).count();
    let is_act = |call: &String| {
        !(call.starts_with("systemctl show")
            || call.starts_with("GET ")
            || call.starts_with("HEAD "))
    };
    // Without what is for a systemctl that nobody watches.
    let words = |call: String| {
        call.replace(" --no-pager", "").replace(" --no-ask-password", "").replace(" -- ", " ")
    };
    Restarted {
        exit: outcome.exit,
        report,
        log: outcome.stderr,
        looks,
        acts: outcome.calls.into_iter().filter(is_act).map(words).collect(),
    }
}

fn schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let published = include_str!("../../packaging/restart.schema.json");
        jsonschema::validator_for(&serde_json::from_str(published).unwrap()).unwrap()
    })
}
