//! The report: what all renderers read, and what a saved JSON file holds.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;

use crate::findings::{EcsAgentCheck, EndpointCheck, Finding, ProxyCheck, judge};
use crate::observation::Observations;
use crate::plan::Plan;
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::timestamp::milliseconds;

/// Version of the report's form. A larger minor version only adds; see `packaging/`.
pub const SCHEMA_VERSION: &str = "1.0";

/// Everything that one run found. The verdict stands first, so that a truncated copy still tells.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// Version of this form: `1.0`.
    pub schema_version: String,
    /// The verdict: the worst of the findings.
    pub status: Status,
    /// What a person should know, the gravest first.
    pub findings: Vec<Finding>,
    /// Numbers of checks.
    pub summary: Summary,
    /// The program that made the report.
    pub program: Program,
    /// When the run began, RFC 3339 in UTC, by this machine's clock.
    pub started_at: String,
    /// How long it took.
    pub elapsed_ms: f64,
    /// One entry for each host name of each endpoint.
    pub checks: Vec<EndpointCheck>,
    /// The result for the ECS agent; absent when its service was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ecs_agent: Option<EcsAgentCheck>,
    /// Which hosts go through a proxy: one entry for each client that has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<ProxyCheck>,
    /// Where the program ran.
    pub surroundings: Surroundings,
    /// Which endpoints that place needs, and why.
    pub plan: Plan,
    /// What was seen.
    pub observations: Observations,
}

/// A plan by itself, as `vpce-probe endpoints --json` prints it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlanReport {
    /// Version of this form: `1.0`.
    pub schema_version: String,
    /// The plan.
    #[serde(flatten)]
    pub plan: Plan,
}

impl PlanReport {
    /// The plan with the version of its form.
    pub fn new(plan: Plan) -> Self {
        Self { schema_version: SCHEMA_VERSION.to_owned(), plan }
    }
}

/// Numbers of checks by status.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// All checks.
    pub checks: usize,
    /// As they should be.
    pub pass: usize,
    /// Optional endpoints that do not work. They change no verdict.
    pub note: usize,
    /// To be looked at.
    pub warn: usize,
    /// Failed.
    pub fail: usize,
    /// Not checked because a step before failed.
    pub skip: usize,
    /// Not known.
    pub unknown: usize,
}

/// The program that made a report.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Why a saved report could not be read.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Not a report at all.
    #[error("not a vpce-probe report: {0}")]
    Syntax(serde_json::Error),
    /// Only the beginning of a report, such as the 4,096 bytes that Docker keeps of a health check.
    #[error("the report is not complete: {0}")]
    Truncated(serde_json::Error),
    /// Of a newer form, with something in it that this program does not know.
    #[error(
        "the report is of a newer version, {version}, than this program reads completely: {problem}"
    )]
    Newer {
        /// Version of its form.
        version: String,
        /// What is not known.
        problem: serde_json::Error,
    },
    /// Of a form that this program does not know.
    #[error("the report has schema version {0}; this program reads version 1")]
    Version(String),
}

impl Report {
    /// Judges a run and makes its report.
    pub fn new(surroundings: Surroundings, plan: Plan, observations: Observations) -> Self {
        let judgement = judge(&surroundings, &plan, &observations);
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            status: judgement.status,
            findings: judgement.findings,
            summary: Summary::of(&judgement.checks),
            program: Program {
                name: "vpce-probe".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            started_at: observations.started_at.clone(),
            elapsed_ms: observations.elapsed_ms,
            checks: judgement.checks,
            ecs_agent: judgement.ecs_agent,
            proxies: judgement.proxies,
            surroundings,
            plan,
            observations,
        }
    }

    /// Reads a saved report and judges it anew: the same observations give the same findings.
    ///
    /// # Errors
    /// When the text is not a report, or one of another major version.
    pub fn from_saved(text: &str) -> Result<Self, ReportError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: String,
        }
        // The verdict is not read: it is judged anew, and a newer minor version may know findings
        // that this one does not.
        #[derive(Deserialize)]
        struct Saved {
            program: Program,
            surroundings: Surroundings,
            plan: Plan,
            observations: Observations,
        }
        let Version { schema_version } =
            serde_json::from_str(text).map_err(|problem| not_a_report(text, problem))?;
        if schema_version.split('.').next() != SCHEMA_VERSION.split('.').next() {
            return Err(ReportError::Version(schema_version));
        }
        let saved: Saved = serde_json::from_str(text).map_err(|problem| {
            if is_newer(&schema_version) {
                ReportError::Newer { version: schema_version, problem }
            } else {
                ReportError::Syntax(problem)
            }
        })?;
        let mut report = Self::new(saved.surroundings, saved.plan, saved.observations);
        report.program = saved.program;
        Ok(report)
    }

    /// Sets how long the whole run took.
    pub fn took(&mut self, elapsed: Duration) {
        self.elapsed_ms = milliseconds(elapsed);
        self.observations.elapsed_ms = self.elapsed_ms;
    }
}

fn not_a_report(text: &str, problem: serde_json::Error) -> ReportError {
    match problem.classify() {
        Category::Eof if !text.trim().is_empty() => ReportError::Truncated(problem),
        _ => ReportError::Syntax(problem),
    }
}

/// Whether a version of the same major one has more in it than this program knows.
fn is_newer(version: &str) -> bool {
    let minor =
        |version: &str| version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
    minor(version) > minor(SCHEMA_VERSION)
}

impl Summary {
    fn of(checks: &[EndpointCheck]) -> Self {
        let mut summary = Self { checks: checks.len(), ..Self::default() };
        for check in checks {
            let count = match check.status {
                _ if check.is_note() => &mut summary.note,
                Status::Pass => &mut summary.pass,
                Status::Warn => &mut summary.warn,
                Status::Fail => &mut summary.fail,
                Status::Skip => &mut summary.skip,
                Status::Unknown => &mut summary.unknown,
            };
            *count += 1;
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn saved() -> Value {
        let report = Report::new(Surroundings::default(), Plan::default(), Observations::default());
        serde_json::to_value(report).unwrap()
    }

    #[test]
    fn a_report_of_a_newer_minor_version_is_read() {
        let mut newer = saved();
        newer["schema_version"] = json!("1.7");
        newer["findings"] = json!([{ "code": "VPCE999", "severity": "grave" }]);
        newer["checks"] = json!([{ "status": "half" }]);
        newer["added_later"] = json!(true);
        let report = Report::from_saved(&newer.to_string()).unwrap();
        assert_eq!(serde_json::to_value(report).unwrap(), saved());
    }

    #[test]
    fn a_newer_report_that_cannot_be_read_says_so() {
        let mut newer = saved();
        newer["surroundings"]["launch_type"] = json!({ "value": "lunar", "source": "option" });
        let error = Report::from_saved(&newer.to_string()).unwrap_err();
        assert!(matches!(error, ReportError::Syntax(_)), "{error}");
        newer["schema_version"] = json!("1.7");
        let error = Report::from_saved(&newer.to_string()).unwrap_err();
        assert!(error.to_string().contains("newer version, 1.7"), "{error}");
    }

    #[test]
    fn a_report_that_is_cut_off_says_so_wherever() {
        let whole = saved().to_string();
        for end in (1..whole.len()).step_by(7) {
            let error = Report::from_saved(whole.get(..end).unwrap()).unwrap_err();
            assert!(matches!(error, ReportError::Truncated(_)), "{end}: {error}");
        }
        for other in ["", " ", "null", "[]", "{}", "no report"] {
            let error = Report::from_saved(other).unwrap_err();
            assert!(matches!(error, ReportError::Syntax(_)), "{other:?}: {error}");
        }
    }

    #[test]
    fn a_report_of_another_major_version_is_not() {
        let mut other = saved();
        other["schema_version"] = json!("2.0");
        let error = Report::from_saved(&other.to_string()).unwrap_err();
        assert!(matches!(error, ReportError::Version(version) if version == "2.0"));
    }
}
