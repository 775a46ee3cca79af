//! Metrics for Prometheus.
//!
//! No address is a label: addresses come and go, and each would be a series of its own. What was not
//! observed has no series.

mod encoder;
mod endpoints;

use std::time::{Duration, SystemTime};

use serde_json::Value;
use vpce_probes::findings::AgentConnection;
use vpce_probes::report::Report;
use vpce_probes::status::Status;
use vpce_probes::surroundings::{Fact, Surroundings};

use self::encoder::{Encoder, Family, Kind};
use super::measured::{STATUSES, unix_time};
use crate::watch::Standing;

/// The two forms of one exposition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exposition {
    /// Prometheus text format 0.0.4.
    Text,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

/// Where the connections of an ECS agent may lead.
const CONNECTIONS: [AgentConnection; 5] = [
    AgentConnection::Private,
    AgentConnection::Public,
    AgentConnection::Mixed,
    AgentConnection::Disconnected,
    AgentConnection::Unknown,
];

/// The metrics of a check, and of what the checks of a watch amount to.
pub(crate) fn metrics(report: &Report, standing: Option<&Standing>, form: Exposition) -> String {
    let mut page = Encoder::new(form);
    let verdict = standing.map_or(report.status, |standing| standing.verdict);
    page.states(
        &Family(
            "vpce_probe_verdict",
            Kind::Gauge,
            "Displays which verdict holds: for a watch the one that has settled, otherwise that of the check",
        ),
        &[("status", verdict.word())],
        STATUSES.into_iter().map(Status::word),
    );
    if let Some(standing) = standing {
        add_standing(&mut page, standing);
    }
    add_run(&mut page, report);
    endpoints::add(&mut page, report);
    add_findings(&mut page, report);
    add_ecs_agent(&mut page, report);
    add_place(&mut page, report);
    page.end()
}

fn add_standing(page: &mut Encoder, standing: &Standing) {
    page.add(
        &Family(
            "vpce_probe_healthy",
            Kind::Gauge,
            "Displays whether or not the verdict that has settled is a good one",
        ),
        &[],
        one_or_zero(standing.is_healthy),
    );
    let since = standing.since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    page.add(
        &Family(
            "vpce_probe_verdict_since_timestamp_seconds",
            Kind::Gauge,
            "Time at which the verdict became what it is, in unixtime",
        ),
        &[],
        seconds(since.as_secs_f64() * 1000.0),
    );
    page.add(
        &Family(
            "vpce_probe_verdict_changes_total",
            Kind::Counter,
            "How often the verdict has changed since the watch began",
        ),
        &[],
        standing.changes as f64,
    );
    page.add(
        &Family(
            "vpce_probe_lines_lost_total",
            Kind::Counter,
            "Lines of standard output that nobody read in time",
        ),
        &[],
        standing.lines_lost as f64,
    );
    let checks = Family(
        "vpce_probe_checks_total",
        Kind::Counter,
        "Checks since the watch began, by their status",
    );
    for status in STATUSES {
        let count = standing.checks.iter().find(|(counted, _)| *counted == status);
        page.add(
            &checks,
            &[("status", status.word())],
            count.map_or(0, |(_, count)| *count) as f64,
        );
    }
}

fn add_run(page: &mut Encoder, report: &Report) {
    page.states(
        &Family(
            "vpce_probe_last_run_status",
            Kind::Gauge,
            "Displays the status of the last check by itself",
        ),
        &[("status", report.status.word())],
        STATUSES.into_iter().map(Status::word),
    );
    if let Some(started) = unix_time(&report.started_at) {
        page.add(
            &Family(
                "vpce_probe_last_run_timestamp_seconds",
                Kind::Gauge,
                "Time at which the last check began, in unixtime",
            ),
            &[],
            started as f64,
        );
    }
    page.add(
        &Family(
            "vpce_probe_last_run_duration_seconds",
            Kind::Gauge,
            "Returns how long the last check took to complete in seconds",
        ),
        &[],
        seconds(report.elapsed_ms),
    );
}

/// A finding about several services is a series for each of them.
fn add_findings(page: &mut Encoder, report: &Report) {
    let family = Family(
        "vpce_probe_finding",
        Kind::Gauge,
        "Findings of the last check: vpce-probe explain CODE tells more",
    );
    for finding in &report.findings {
        let labels = [("code", finding.code.word()), ("severity", finding.severity.word())];
        if finding.services.is_empty() {
            page.add(&family, &labels, 1.0);
        }
        for service in &finding.services {
            page.add(&family, &[&labels[..], &[("service", service)]].concat(), 1.0);
        }
    }
}

/// Nothing where there is no agent to be seen, as in a task.
fn add_ecs_agent(page: &mut Encoder, report: &Report) {
    let Some(agent) = &report.ecs_agent else { return };
    if report.observations.ecs_agent.is_none() || agent.status == Status::Skip {
        return;
    }
    page.states(
        &Family(
            "vpce_probe_ecs_agent_connection",
            Kind::Gauge,
            "Displays where the connections of the ECS agent lead",
        ),
        &[("state", agent.connection.word())],
        CONNECTIONS.into_iter().map(AgentConnection::word),
    );
    if let Some(version) = &agent.version {
        page.add(
            &Family("vpce_probe_ecs_agent_info", Kind::Info, "The ECS agent of this machine"),
            &[("version", &version.to_string())],
            1.0,
        );
    }
}

fn add_place(page: &mut Encoder, report: &Report) {
    let Surroundings { region, availability_zone, vpc_id, instance_id, task_arn, cluster, .. } =
        &report.surroundings;
    if let Some(offset) = report.surroundings.clock_offset_ms.value() {
        page.add(
            &Family(
                "vpce_probe_clock_offset_seconds",
                Kind::Gauge,
                "How far the clock of this machine is ahead of that of the metadata service",
            ),
            &[],
            seconds(*offset),
        );
    }
    let launch_type = report.surroundings.launch_type.value().map(serde_json::to_value);
    let launch_type = launch_type.and_then(Result::ok).unwrap_or(Value::Null);
    let text = |fact: &'_ Fact<String>| fact.value().cloned().unwrap_or_default();
    page.add(
        &Family(
            "vpce_probe_place_info",
            Kind::Info,
            "Where the check ran; what is not known has no label",
        ),
        &[
            ("region", &text(region)),
            ("launch_type", launch_type.as_str().unwrap_or_default()),
            ("availability_zone", &text(availability_zone)),
            ("vpc_id", &text(vpc_id)),
            ("instance_id", &text(instance_id)),
            ("task_arn", &text(task_arn)),
            ("cluster", &text(cluster)),
        ],
        1.0,
    );
    page.add(
        &Family("vpce_probe_build_info", Kind::Info, "The program that made these metrics"),
        &[("version", &report.program.version)],
        1.0,
    );
}

fn one_or_zero(it_is: bool) -> f64 {
    f64::from(u8::from(it_is))
}

/// Reports hold milliseconds to a hundredth; dividing them would show more digits than there are.
fn seconds(milliseconds: f64) -> f64 {
    (milliseconds * 100.0).round() / 100_000.0
}

#[cfg(test)]
mod tests;
