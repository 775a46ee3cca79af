//! Options, variables and forms of the output.

use crate::{run, run_with, saved_report, stdout};

#[test]
fn every_option_can_be_a_variable() {
    let by_variable = run_with(
        &["endpoints"],
        &[
            ("VPCE_PROBE_REGION", "eu-west-1"),
            ("VPCE_PROBE_FEATURE", "logs,exec"),
            ("VPCE_PROBE_SKIP", "kms"),
            ("VPCE_PROBE_FIPS", "0"),
        ],
    );
    let by_option = run(&[
        "endpoints",
        "--region",
        "eu-west-1",
        "--feature",
        "logs",
        "--feature",
        "exec",
        "--skip",
        "kms",
    ]);
    assert_eq!(stdout(&by_variable), stdout(&by_option));
    let sdk = run_with(
        &["endpoints", "--region", "us-east-1"],
        &[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE")],
    );
    let option = run(&["endpoints", "--region", "us-east-1", "--fips", "--launch-type", "fargate"]);
    assert_eq!(stdout(&sdk), stdout(&option));
}

#[test]
fn empty_variables_are_as_good_as_none() {
    let names = ["REGION", "ACCOUNT", "VPC_CIDR", "LAUNCH_TYPE", "PROFILE", "FEATURE", "SKIP"];
    let names = names.map(|name| format!("VPCE_PROBE_{name}"));
    let mut empty: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let usual = run(&["endpoints", "--region", "eu-west-1"]);
    assert_eq!(stdout(&run_with(&["endpoints", "--region", "eu-west-1"], &empty)), stdout(&usual));
    empty.extend([("VPCE_PROBE_DEADLINE", ""), ("VPCE_PROBE_COLOR", "")]);
    assert_eq!(run_with(&["explain", "--list"], &empty).status.code(), Some(0));
}

#[test]
fn a_value_that_nobody_typed_is_told_with_its_variable() {
    let bad = [("VPCE_PROBE_DEADLINE", "4")];
    let told = |args: &[&str]| String::from_utf8(run_with(args, &bad).stderr).unwrap();
    let words = "this is the value of VPCE_PROBE_DEADLINE in the environment";
    assert!(told(&["watch"]).contains(words), "{}", told(&["watch"]));
    assert!(!told(&["watch", "--deadline", "5"]).contains("VPCE_PROBE_DEADLINE"));
    let health = run_with(&["health"], &bad);
    assert_eq!(health.status.code(), Some(1));
    assert!(stdout(&health).starts_with("unhealthy: wrong variable VPCE_PROBE_DEADLINE: "));
}

#[test]
fn the_form_of_the_output_is_one_of_those_asked_for() {
    let saved = saved_report();
    let form = |args: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = ["report", saved.as_str()].iter().chain(args).copied().collect();
        let text = String::from_utf8(run_with(&args, env).stdout).unwrap();
        match text.lines().next() {
            _ if text.starts_with('{') => "json",
            _ if text.contains("Why these endpoints") => "verbose",
            Some(first) if first.starts_with("vpce-probe ") => "usual",
            _ => "short",
        }
    };
    let variables = ["VPCE_PROBE_JSON", "VPCE_PROBE_VERBOSE", "VPCE_PROBE_SHORT"];
    let all = variables.map(|name| (name, "1"));
    assert_eq!(form(&[], &[]), "usual");
    assert_eq!(form(&[], &all), "json");
    assert_eq!(form(&[], &all[1..]), "verbose");
    assert_eq!(form(&["--short"], &all), "short");
    assert_eq!(form(&["-v"], &all), "verbose");
    assert_eq!(form(&["--json"], &all[1..]), "json");
    assert_eq!(form(&["--short"], &variables.map(|name| (name, "0"))), "short");
    assert_eq!(form(&[], &variables.map(|name| (name, ""))), "usual");
    std::fs::remove_file(saved).unwrap();
}

#[test]
fn an_option_given_twice_counts_as_given_last() {
    let twice = run(&["endpoints", "--region", "us-east-1", "--region", "eu-west-1"]);
    assert_eq!(stdout(&twice), stdout(&run(&["endpoints", "--region", "eu-west-1"])));
}
