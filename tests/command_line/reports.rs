//! Saved reports, also those that are none.

use serde_json::json;
use vpce_probes::catalog::Catalog;
use vpce_probes::observation::Observations;
use vpce_probes::plan::{Place, Profile, Selection, plan};
use vpce_probes::report::Report;
use vpce_probes::surroundings::Surroundings;

use crate::{run, run_on, saved_report, stdout};

#[test]
fn no_saved_report_is_a_fault_of_the_program() {
    let path = saved_report();
    let saved: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let fact = |value: serde_json::Value| json!({ "value": value, "source": "option" });
    for number in [json!(1e30), json!(-1e30), json!(f64::MAX), json!(0), json!(-1)] {
        let mut report = saved.clone();
        report["surroundings"]["clock_offset_s"] = fact(number.clone());
        report["surroundings"]["resolvers"] = fact(json!({
            "servers": [], "timeout_ms": number, "attempts": 0, "use_tcp": false
        }));
        report["observations"]["started_at"] = json!("9999-12-31T23:59:59Z");
        report["observations"]["elapsed_ms"] = number.clone();
        report["observations"]["deadline_ms"] = number.clone();
        report["program"]["name"] = json!("\u{1b}]0;title\u{7}\u{9b}2J");
        std::fs::write(&path, report.to_string()).unwrap();
        for args in [&[][..], &["--verbose"], &["--short"], &["--json"]] {
            let args: Vec<&str> = ["report", path.as_str()].iter().chain(args).copied().collect();
            let output = run(&args);
            assert_eq!(output.status.code(), Some(1), "{number} {args:?}: {output:?}");
            let harmless = |byte: &u8| *byte == b'\n' || (b' '..=b'~').contains(byte);
            assert!(output.stdout.iter().all(harmless), "{args:?}: {output:?}");
        }
    }
    std::fs::remove_file(path).unwrap();
}

/// A report of a place that needs what a container instance needs; nothing was observed.
pub(crate) fn report_of_an_instance() -> serde_json::Value {
    let catalog = Catalog::builtin().unwrap();
    let place = Place {
        region: Some("us-east-1".to_owned()),
        profile: Some(Profile::Ec2),
        ..Place::default()
    };
    let plan = plan(&catalog, &place, &Selection::default());
    let report = Report::new(Surroundings::default(), plan, Observations::default());
    serde_json::to_value(&report).unwrap()
}

#[test]
fn a_saved_report_is_read_from_standard_input_too() {
    let mut saved = report_of_an_instance();
    saved["observations"]["started_at"] = json!("2026-11-22T01:02:03Z");
    saved["started_at"] = json!("2026-11-22T01:02:03Z");
    let saved = saved.to_string();
    for args in [&["report", "-"][..], &["report", "-", "--json"], &["report", "-", "--verbose"]] {
        let output = run_on(args, saved.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }
    let again = run_on(&["report", "-", "--json"], saved.as_bytes()).stdout;
    let again: serde_json::Value = serde_json::from_slice(&again).unwrap();
    assert_eq!(again.to_string(), saved);
    let told = run_on(&["report", "-"], saved.as_bytes()).stdout;
    let told = String::from_utf8(told).unwrap();
    let words = " - saved report of 2026-11-22T01:02:03Z, ";
    assert!(told.lines().next().unwrap().contains(words), "{told}");
}

#[test]
fn reports_that_cannot_be_read_say_why() {
    let saved = report_of_an_instance();
    let whole = saved.to_string();
    let mut newer = saved.clone();
    newer["schema_version"] = json!("1.9");
    newer["plan"]["profiles"] = json!(["lunar"]);
    let mut other = saved;
    other["schema_version"] = json!("2.0");
    let huge = " ".repeat(16 * 1024 * 1024 + 1);
    for (text, words) in [
        (whole.get(..4096).unwrap(), "the report is not complete"),
        ("", "not a vpce-probe report"),
        ("{\"schema_version\":\"1.0\"}", "not a vpce-probe report"),
        (newer.to_string().as_str(), "newer version, 1.9"),
        (other.to_string().as_str(), "schema version 2.0"),
        (huge.as_str(), "larger than 16 MiB"),
    ] {
        for args in [&["report", "-"][..], &["fix", "--report", "-"]] {
            let output = run_on(args, text.as_bytes());
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(78), "{args:?}: {told}");
            assert!(output.stdout.is_empty() && told.contains(words), "{args:?}: {told}");
        }
    }
}

#[test]
fn a_newer_report_with_unknown_findings_is_judged_anew() {
    let mut newer = report_of_an_instance();
    newer["schema_version"] = json!("1.9");
    newer["findings"] = json!([{ "code": "VPCE999", "severity": "grave", "seen": "x" }]);
    newer["checks"][0]["codes"] = json!(["VPCE999"]);
    newer["surroundings"]["added_later"] = json!({ "value": "x" });
    let output = run_on(&["report", "-"], newer.to_string().as_bytes());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(!text.contains("VPCE999") && text.contains("ecs-telemetry"), "{text}");
}
