//! Metrics for Amazon CloudWatch, in the embedded metric format.
//!
//! Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vpce_probes::findings::EndpointCheck;
use vpce_probes::observation::HostObservation;
use vpce_probes::report::Report;
use vpce_probes::status::Status;
use vpce_probes::surroundings::Fact;

use super::measured::{
    bounded, certificate_end, connect_ms, handshake_ms, is_success, resolve_ms, unix_time,
};
use crate::watch::Standing;

const NAMESPACE: &str = "VpceProbe";

/// Most host names of one document. Docker cuts lines at 16 KiB, and half of one is no metric at all.
const MOST_HOSTS: usize = 16;

/// One document a line, each ending with a newline: the first for the whole check, then one for
/// each service. What was not observed is no metric, and a service of which nothing was observed
/// has no document. Nothing for a report that does not say when it was made.
pub(crate) fn emf(report: &Report, standing: &Standing) -> String {
    let Some(started) = unix_time(&report.started_at) else { return String::new() };
    let mut lines = whole(report, standing, started).line();
    let mut services: Vec<&str> = Vec::new();
    for check in &report.checks {
        if !services.contains(&check.service.as_str()) {
            services.push(&check.service);
        }
    }
    for service in services {
        let document = of_service(report, service, started);
        if !document.metrics.is_empty() {
            lines.push_str(&document.line());
        }
    }
    lines
}

/// How the whole place is.
fn whole(report: &Report, standing: &Standing, started: i64) -> Document {
    let mut document = Document::new(report, started);
    let summary = report.summary;
    document.metric("Healthy", "None", u8::from(standing.is_healthy));
    for (name, count) in [
        ("Failed", summary.fail),
        ("Warned", summary.warn),
        ("Unknown", summary.unknown),
        ("Skipped", summary.skip),
    ] {
        document.metric(name, "Count", count);
    }
    document.metric("Duration", "Milliseconds", report.elapsed_ms);
    document.property("Verdict", standing.verdict.word());
    document.property("Status", report.status.word());
    document.list("Codes", report.findings.iter().map(|finding| finding.code.word()));
    document
}

/// The worst of all host names of a service.
fn of_service(report: &Report, service: &str, started: i64) -> Document {
    let checks: Vec<&EndpointCheck> =
        report.checks.iter().filter(|check| check.service == service).collect();
    let mut document = Document::new(report, started);
    document.dimension("Service", service);
    let successes: Vec<Option<bool>> = checks.iter().map(|check| is_success(check)).collect();
    if successes.contains(&Some(false)) {
        document.metric("Success", "None", 0);
    } else if !successes.contains(&None) {
        document.metric("Success", "None", 1);
    }
    let seen: Vec<&HostObservation> =
        checks.iter().filter_map(|check| report.observations.host(&check.host)).collect();
    for (name, took) in [
        ("ResolveTime", resolve_ms as fn(&HostObservation) -> Option<f64>),
        ("ConnectTime", connect_ms),
        ("HandshakeTime", handshake_ms),
    ] {
        if let Some(slowest) = seen.iter().filter_map(|seen| took(seen)).reduce(f64::max) {
            document.metric(name, "Milliseconds", slowest);
        }
    }
    if let Some(end) = seen.iter().filter_map(|seen| certificate_end(seen)).min() {
        document.metric("CertificateDaysLeft", "Count", (end - started).div_euclid(86_400));
    }
    let status = checks.iter().map(|check| check.status).fold(Status::Pass, Status::worst);
    document.property("Status", status.word());
    document.list("Hosts", checks.iter().map(|check| check.host.as_str()).take(MOST_HOSTS));
    let codes = checks.iter().flat_map(|check| &check.codes);
    document.list("Codes", codes.map(|code| code.word()));
    document
}

/// One document. The members that metrics and dimensions name stand beside those that only help to
/// find the line again, which cost nothing.
struct Document {
    started: i64,
    dimensions: Vec<Value>,
    metrics: Vec<Value>,
    members: Map<String, Value>,
}

impl Document {
    /// With the Region as a dimension, where it is known.
    fn new(report: &Report, started: i64) -> Self {
        let mut document =
            Self { started, dimensions: Vec::new(), metrics: Vec::new(), members: Map::new() };
        let place = &report.surroundings;
        if let Some(region) = place.region.value() {
            document.dimension("Region", region);
        }
        for (name, fact) in [
            ("InstanceId", &place.instance_id),
            ("TaskArn", &place.task_arn),
            ("VpcId", &place.vpc_id),
            ("AvailabilityZone", &place.availability_zone),
        ] {
            if let Some(value) = Fact::value(fact) {
                document.property(name, value);
            }
        }
        document
    }

    /// CloudWatch refuses the value of a dimension that is empty.
    fn dimension(&mut self, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.dimensions.push(json!(name));
            self.property(name, value);
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        self.members.insert(name.to_owned(), json!(bounded(value)));
    }

    /// A property with several values, each once.
    fn list<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        let values: BTreeSet<&str> = values.collect();
        if !values.is_empty() {
            let values: Vec<String> = values.into_iter().map(bounded).collect();
            self.members.insert(name.to_owned(), json!(values));
        }
    }

    fn metric(&mut self, name: &str, unit: &str, value: impl Into<Value>) {
        self.metrics.push(json!({ "Name": name, "Unit": unit }));
        self.members.insert(name.to_owned(), value.into());
    }

    fn line(self) -> String {
        let mut members = self.members;
        let directive = json!({
            "Namespace": NAMESPACE,
            "Dimensions": [self.dimensions],
            "Metrics": self.metrics,
        });
        let metadata =
            json!({ "Timestamp": self.started * 1000, "CloudWatchMetrics": [directive] });
        members.insert("_aws".to_owned(), metadata);
        super::json(&members)
    }
}

#[cfg(test)]
mod tests;
