//! What holds of every judgement.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::tests::{any_run, surroundings};
use super::*;
use crate::report::Report;

/// The reports that are kept for the fuzzer, by their names.
fn saved() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus/saved_report");
    let mut saved: Vec<(String, Value)> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).ok()?;
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, serde_json::from_str(&text).ok()?))
        })
        .collect();
    saved.sort_by(|one, other| one.0.cmp(&other.0));
    saved
}

/// Where something is that can be taken away: an entry of an object or of a list.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(all) => all.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(all) => {
            all.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in inner {
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        places(value, &at, found);
        found.push(at);
    }
}

fn take_away(report: &mut Value, place: &str) {
    let Some((parent, key)) = place.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    match report.pointer_mut(parent) {
        Some(Value::Object(all)) => {
            all.remove(&key);
        }
        Some(Value::Array(all)) => {
            all.remove(key.parse().unwrap());
        }
        _ => {}
    }
}

fn judged(report: &Value) -> Option<Report> {
    Report::from_saved(&report.to_string()).ok()
}

fn any_saved() -> impl Strategy<Value = Value> {
    let saved: Vec<Value> = saved().into_iter().map(|(_, report)| report).collect();
    proptest::sample::select(saved)
}

/// What a person is told, but for the order in which names and addresses are listed.
fn told(judgement: &Judgement) -> Vec<(Code, crate::status::Severity, Vec<String>)> {
    let told = judgement.findings.iter().map(|finding| {
        let mut hosts = finding.hosts.clone();
        hosts.sort();
        (finding.code, finding.severity, hosts)
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

#[test]
fn kept_reports_are_of_every_verdict() {
    let all: Vec<Report> = saved().iter().filter_map(|(_, report)| judged(report)).collect();
    for status in [Status::Pass, Status::Warn, Status::Unknown, Status::Fail] {
        assert!(all.iter().any(|report| report.status == status), "{}", status.word());
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_away_from_what_was_seen_a_failure_does_not_pass(
        report in any_saved(), index in any::<Index>(),
    ) {
        let Some(before) = judged(&report) else { return Ok(()) };
        let mut all = Vec::new();
        for part in ["/observations", "/surroundings"] {
            places(report.pointer(part).unwrap(), part, &mut all);
        }
        let place = index.get(&all);
        let mut less = report.clone();
        take_away(&mut less, place);
        let Some(after) = judged(&less) else { return Ok(()) };
        let is_well = |status| matches!(status, Status::Pass | Status::Warn);
        prop_assert!(before.status != Status::Fail || !is_well(after.status), "without {}", place);
    }

    #[test]
    fn whatever_is_taken_away_from_a_run_a_failure_does_not_pass(
        (plan, seen) in any_run(), host in any::<Index>(), inner in any::<Index>(),
    ) {
        let before = judge(&surroundings(), &plan, &seen).status;
        let index = host.index(seen.hosts.len());
        let (mut no_address, mut no_lookup) = (seen.clone(), seen.clone());
        let of_host = &mut no_address.hosts[index].addresses;
        if !of_host.is_empty() {
            of_host.remove(inner.index(of_host.len()));
        }
        let of_host = &mut no_lookup.hosts[index].lookups;
        of_host.remove(inner.index(of_host.len()));
        for less in [no_address, no_lookup] {
            let after = judge(&surroundings(), &plan, &less).status;
            prop_assert!(before != Status::Fail || after != Status::Pass);
        }
    }

    #[test]
    fn the_order_of_names_and_addresses_means_nothing((plan, seen) in any_run()) {
        let first = judge(&surroundings(), &plan, &seen);
        let mut turned = seen.clone();
        turned.hosts.reverse();
        prop_assert_eq!(&judge(&surroundings(), &plan, &turned), &first);
        for host in &mut turned.hosts {
            host.addresses.reverse();
            host.lookups.reverse();
        }
        let second = judge(&surroundings(), &plan, &turned);
        prop_assert_eq!(second.status, first.status);
        prop_assert_eq!(told(&second), told(&first));
    }

    #[test]
    fn a_report_that_is_saved_and_read_is_judged_the_same((plan, seen) in any_run()) {
        let first = Report::new(surroundings(), plan, seen);
        let saved = serde_json::to_string(&first).unwrap();
        let again = Report::from_saved(&saved).unwrap();
        prop_assert_eq!(&again.findings, &first.findings);
        prop_assert_eq!(again.status, first.status);
        prop_assert_eq!(&again.checks, &first.checks);
        prop_assert_eq!(again.summary, first.summary);
        let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&saved).unwrap());
        prop_assert_eq!(Report::from_saved(&pretty.unwrap()).unwrap().findings, first.findings);
    }
}
