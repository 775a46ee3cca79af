use super::*;
use crate::render::test_reports::{broken, healthy, standing};

/// What two expositions of the same metrics have in common: their series, by name.
fn series(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn of_a_check_that_passes() {
    let report = healthy();
    insta::assert_snapshot!("healthy-text", metrics(&report, None, Exposition::Text));
    insta::assert_snapshot!("healthy-openmetrics", metrics(&report, None, Exposition::OpenMetrics));
}

#[test]
fn of_a_watch_whose_check_fails() {
    let (report, standing) = (broken(), standing(Status::Fail));
    let text = metrics(&report, Some(&standing), Exposition::Text);
    let open = metrics(&report, Some(&standing), Exposition::OpenMetrics);
    assert_eq!(series(&text), series(&open));
    insta::assert_snapshot!("broken-text", text);
    insta::assert_snapshot!("broken-openmetrics", open);
}

#[test]
fn a_check_that_has_not_settled_changes_no_verdict() {
    let text = metrics(&broken(), Some(&standing(Status::Pass)), Exposition::Text);
    for series in [
        "vpce_probe_healthy 1",
        "vpce_probe_verdict{status=\"pass\"} 1",
        "vpce_probe_verdict{status=\"fail\"} 0",
        "vpce_probe_last_run_status{status=\"fail\"} 1",
    ] {
        assert!(text.lines().any(|line| line == series), "no {series} in {text}");
    }
}

#[test]
fn what_was_not_observed_has_no_series() {
    let mut report = healthy();
    report.started_at = String::new();
    for check in &mut report.checks {
        check.status = Status::Unknown;
        check.addresses.clear();
    }
    report.observations.hosts.clear();
    report.surroundings = Surroundings::default();
    let text = metrics(&report, None, Exposition::Text);
    for name in ["success", "duration", "private", "addresses", "cert_expiry", "last_run_timestamp"]
    {
        assert!(!text.contains(&format!("vpce_probe_{name}")), "{name} in {text}");
    }
    assert!(text.contains("\nvpce_probe_place_info 1\n"), "{text}");
    let unknown = "vpce_probe_status{service=\"ecs\",host=\"ecs.us-east-1.amazonaws.com\",status=\"unknown\"} 1";
    assert!(text.contains(unknown), "{text}");
}

#[test]
fn no_name_from_outside_breaks_a_line_or_repeats_a_series() {
    let mut report = healthy();
    for check in &mut report.checks {
        check.host = format!("\"}} 1\n\\\u{202e}{}", "x".repeat(10_000));
    }
    for form in [Exposition::Text, Exposition::OpenMetrics] {
        let text = metrics(&report, None, form);
        let mut seen = std::collections::BTreeSet::new();
        for line in series(&text) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(line.len() < 1_000 && line.bytes().all(|b| (b' '..=b'~').contains(&b)));
            assert!(seen.insert(name), "{line} is there twice");
        }
        let host = "host=\"\\\"} 1\\\\u{a}\\\\\\\\u{202e}xxx";
        assert!(text.contains(host), "{text}");
    }
}

#[test]
fn durations_show_no_more_digits_than_there_are() {
    assert_eq!(seconds(4.35), 0.00435);
    assert_eq!(seconds(1.1).to_string(), "0.0011");
}
