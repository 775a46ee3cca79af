//! One run of the program in a lab, and what is demanded of every run.

#[path = "weights.rs"]
mod weights;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use libtest_mimic::Failed;
use serde_json::Value;
use vpce_lab::{Expect, Lab, Outcome, Run, Scenario};
use vpce_probes::findings::Finding;
use vpce_probes::report::Report;

use self::weights::heaviest;
use crate::in_time::{self, GRACE_MS};
use crate::under_test;

/// A run whose report is valid JSON of the published schema.
pub(crate) struct Checked {
    outcome: Outcome,
    report: Value,
}

impl Checked {
    /// Runs the program in the scenario's VPC.
    pub(crate) fn run(scenario: &Scenario) -> Result<Self, Failed> {
        // Behind the name of a command, where there is one.
        let mut run = scenario.run_with([""; 0]);
        run.args.push("--json".to_owned());
        Self::run_in(&Lab::of(scenario), &run)
    }

    /// Runs the program in a lab. It has to end in time, and to take up no more memory than it may.
    pub(crate) fn run_in(lab: &Lab, run: &Run) -> Result<Self, Failed> {
        let measured = Lab { measured: true, ..lab.clone() };
        let mut outcome = in_time::run(&measured, &under_test::program(), run, |outcome| {
            let printed = serde_json::from_str(&outcome.stdout).unwrap_or_default();
            let report = report_of(printed).unwrap_or_default();
            // Without a report there is nothing to be late with: that is told below.
            report["observations"]["deadline_ms"].as_f64().unwrap_or(f64::INFINITY) + GRACE_MS
        })?;
        let told = format!("stdout {:?}\nstderr {:?}", outcome.stdout, outcome.stderr);
        if outcome.hung || outcome.signal.is_some() {
            return Err(format!("hung or killed: {outcome:?}").into());
        }
        if outcome.peak_kib.is_none_or(|peak| peak > under_test::most_kib()) {
            return Err(format!("took up {:?} KiB\n{told}", outcome.peak_kib).into());
        }
        if !is_plain(&outcome.stdout) {
            return Err(format!("stdout is not plain ASCII\n{told}").into());
        }
        let printed: Value = serde_json::from_str(&outcome.stdout)
            .map_err(|error| format!("stdout is not JSON: {error}\n{told}"))?;
        let report = report_of(printed)?;
        outcome.stdout = report.to_string();
        is_of(report_schema(), &report)?;
        let checked = Self { outcome, report };
        checked.weighs_no_more_than_told()?;
        checked.every_missing_fact_says_why()?;
        checked.judged_again_is_the_same()?;
        Ok(checked)
    }

    /// The codes of all findings, sorted, each once.
    pub(crate) fn codes(&self) -> Vec<String> {
        let findings = self.report["findings"].as_array().cloned().unwrap_or_default();
        let mut codes: Vec<String> =
            findings.iter().filter_map(|f| Some(f["code"].as_str()?.to_owned())).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// The exit code.
    pub(crate) fn exit(&self) -> Option<i32> {
        self.outcome.exit
    }

    /// The report as the program printed it.
    pub(crate) fn printed(&self) -> &str {
        &self.outcome.stdout
    }

    /// Whether a finding of this code names this host.
    pub(crate) fn finds(&self, code: &str, host: Option<&str>) -> bool {
        let findings = self.report["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().filter(|finding| finding["code"] == code).any(|finding| match host {
            None => true,
            Some(host) => {
                finding["hosts"].as_array().is_some_and(|hosts| hosts.iter().any(|h| h == host))
            }
        })
    }

    /// What a failing test shows of the run.
    pub(crate) fn shown(&self) -> String {
        let human = self.human().unwrap_or_else(|failed| format!("{failed:?}"));
        format!("exit {:?}\n{human}\nstderr: {}", self.exit(), self.outcome.stderr)
    }

    /// Holds the run against what a scenario expects, in every output format.
    pub(crate) fn holds_what_it_expects(&self, expect: &Expect) -> Result<(), Failed> {
        let mut wanted = expect.codes.clone();
        wanted.sort();
        let seen = (self.exit(), self.report["status"].as_str(), self.codes());
        if seen != (Some(expect.exit), Some(expect.status.as_str()), wanted.clone()) {
            return Err(format!(
                "expected {} {} {wanted:?}, seen {seen:?}\n{}",
                expect.exit,
                expect.status,
                self.shown()
            )
            .into());
        }
        let human = self.human()?;
        if let Some(missing) =
            expect.contains.iter().find(|text| !unwrapped(&human).contains(*text))
        {
            return Err(format!("the report does not say {missing:?}\n{human}").into());
        }
        let short = self.rendered(&["--short"], expect.exit)?;
        let named = wanted.iter().filter(|code| self.weighs(code));
        if let Some(missing) = named.clone().find(|code| !short.contains(*code)) {
            return Err(format!("--short does not tell {missing}\n{short}").into());
        }
        let verbose = self.rendered(&["--verbose"], expect.exit)?;
        let outputs = [&self.outcome.stdout, &self.outcome.stderr, &human, &short, &verbose];
        let told = expect.never.iter().find(|text| outputs.iter().any(|out| out.contains(*text)));
        match told {
            Some(secret) => Err(format!("some output says {secret:?}\n{}", self.shown()).into()),
            None => Ok(()),
        }
    }

    /// The report as a person reads it.
    pub(crate) fn human(&self) -> Result<String, Failed> {
        self.rendered(&[], self.exit().unwrap_or(-1))
    }

    /// Whether the finding is more than a note.
    fn weighs(&self, code: &str) -> bool {
        let findings = self.report["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().any(|finding| finding["code"] == code && finding["severity"] != "info")
    }

    /// The saved report in another format: the exit code is that of the run.
    fn rendered(&self, args: &[&str], exit: i32) -> Result<String, Failed> {
        // What the run was told to exit on, the saved report does not hold.
        let fail_on = if exit == 1 && self.report["status"] == "warn" { "warn" } else { "fail" };
        let mut child = Command::new(under_test::program())
            .args(["report", "-", "--fail-on", fail_on])
            .args(args)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or("no stdin")?.write_all(self.outcome.stdout.as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.code() != Some(exit) {
            return Err(
                format!("report {args:?} ended with {:?}, not {exit}", output.status).into()
            );
        }
        let text = String::from_utf8(output.stdout)?;
        if !is_plain(&text) {
            return Err(format!("the report {args:?} is not plain ASCII\n{text:?}").into());
        }
        Ok(text)
    }

    /// The documents say how heavy a finding can be.
    fn weighs_no_more_than_told(&self) -> Result<(), Failed> {
        let findings: Vec<Finding> = serde_json::from_value(self.report["findings"].clone())?;
        match findings.iter().find(|found| found.severity > heaviest(found.code)) {
            None => Ok(()),
            Some(found) => Err(format!("heavier than told: {found:?}").into()),
        }
    }

    /// No fact about the place is empty: it has a value with its source, or the reasons.
    fn every_missing_fact_says_why(&self) -> Result<(), Failed> {
        let facts = self.report["surroundings"].as_object().ok_or("no surroundings")?;
        let is_empty = |fact: &Value| fact.as_object().is_some_and(serde_json::Map::is_empty);
        match facts.iter().find(|(_, fact)| is_empty(fact)) {
            Some((name, _)) => Err(format!("{name} has neither value nor reason").into()),
            None => Ok(()),
        }
    }

    /// The same observations give the same findings.
    fn judged_again_is_the_same(&self) -> Result<(), Failed> {
        let again = Report::from_saved(&self.outcome.stdout)?;
        if serde_json::to_value(&again)? == self.report {
            Ok(())
        } else {
            Err("the saved report, judged again, is another one".into())
        }
    }
}

/// Whether nothing in the text is anything but itself to a terminal.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte))
}

/// The text on one line, so that a phrase is found wherever it was wrapped.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The report of a run: what it printed, or a part of what it told of an error text.
fn report_of(mut printed: Value) -> Result<Value, Failed> {
    if printed.get("matches").is_none() {
        return Ok(printed);
    }
    is_of(explanation_schema(), &printed)?;
    Ok(printed["report"].take())
}

fn is_of(schema: &jsonschema::Validator, document: &Value) -> Result<(), Failed> {
    let errors: Vec<String> = schema.iter_errors(document).map(|error| error.to_string()).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(format!("not of the published schema: {}", errors.join("; ")).into())
}

fn report_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| validator(include_str!("../../packaging/report.schema.json")))
}

fn explanation_schema() -> &'static jsonschema::Validator {
    static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
    SCHEMA.get_or_init(|| validator(include_str!("../../packaging/explanation.schema.json")))
}

fn validator(published: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(published).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a JSON Schema")
}
