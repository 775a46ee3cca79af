use std::collections::BTreeMap;

use super::*;
use crate::render::test_reports::{broken, healthy, standing};

#[path = "../../../../tests/harness/emf_rules.rs"]
mod emf_rules;

/// The documents, each held against the specification.
fn documents(text: &str) -> Vec<Value> {
    text.lines().map(|line| emf_rules::document(line).unwrap()).collect()
}

/// The documents of the services, by their dimension.
fn by_service(text: &str) -> BTreeMap<String, Value> {
    let documents = documents(text).into_iter();
    documents.filter_map(|one| Some((one["Service"].as_str()?.to_owned(), one))).collect()
}

#[test]
fn of_a_check_that_passes() {
    let text = emf(&healthy(), &standing(Status::Pass));
    documents(&text);
    insta::assert_snapshot!("healthy", text);
}

#[test]
fn of_a_check_that_fails() {
    let text = emf(&broken(), &standing(Status::Fail));
    documents(&text);
    insta::assert_snapshot!("broken", text);
}

#[test]
fn what_was_not_observed_is_no_metric() {
    let mut report = healthy();
    report.observations.hosts.retain(|host| host.host.contains("ecs-a"));
    for check in &mut report.checks {
        check.status = Status::Unknown;
    }
    let services = by_service(&emf(&report, &standing(Status::Pass)));
    assert_eq!(services.keys().collect::<Vec<_>>(), ["ecs-agent"]);
    let agent = &services["ecs-agent"];
    assert!(agent["Success"].is_null() && agent["ConnectTime"].is_number(), "{agent}");
    report.started_at = String::new();
    assert_eq!(emf(&report, &standing(Status::Pass)), "");
}

#[test]
fn the_worst_name_of_a_service_counts() {
    let mut report = healthy();
    for check in &mut report.checks {
        check.service = "one".to_owned();
    }
    let success = |report: &Report| {
        let services = by_service(&emf(report, &standing(Status::Pass)));
        services["one"]["Success"].as_f64()
    };
    assert_eq!(success(&report), Some(1.0));
    report.checks[0].status = Status::Skip;
    assert_eq!(success(&report), None);
    report.checks[1].status = Status::Fail;
    assert_eq!(success(&report), Some(0.0));
}

#[test]
fn an_unknown_region_is_no_dimension() {
    let mut report = healthy();
    report.surroundings = Default::default();
    for document in documents(&emf(&report, &standing(Status::Pass))) {
        let dimensions = &document["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
        let expected =
            if document["Service"].is_null() { json!([[]]) } else { json!([["Service"]]) };
        assert_eq!(dimensions, &expected);
        assert!(document["Region"].is_null());
    }
}

#[test]
fn no_line_is_too_long_whatever_comes() {
    let mut report = broken();
    let long = "\"\\\u{1b}\u{1f512}".repeat(10_000);
    let one = report.checks[0].clone();
    for number in 0..500 {
        let mut check = one.clone();
        check.host = format!("{number}{long}");
        check.codes = vpce_probes::findings::Code::ALL.to_vec();
        report.checks.push(check);
    }
    let finding = report.findings[0].clone();
    for code in vpce_probes::findings::Code::ALL {
        let mut finding = finding.clone();
        finding.code = *code;
        report.findings.push(finding);
    }
    let known =
        |value: &str| Fact::known(value.to_owned(), vpce_probes::surroundings::Source::OPTION);
    for fact in [
        &mut report.surroundings.region,
        &mut report.surroundings.task_arn,
        &mut report.surroundings.instance_id,
        &mut report.surroundings.vpc_id,
    ] {
        *fact = known(&long);
    }
    assert!(documents(&emf(&report, &standing(Status::Fail))).len() > 3);
}
