//! The command line as a user meets it. Nothing here touches a network: with the Region given,
//! `endpoints` asks no metadata service.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

fn run_with(args: &[&str], env: &[(&str, &str)]) -> Output {
    Command::new(PROGRAM).args(args).env_clear().envs(env.iter().copied()).output().unwrap()
}

fn run(args: &[&str]) -> Output {
    run_with(args, &[])
}

fn stdout(output: &Output) -> String {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn assert_misuse(args: &[&str], exit: i32, words: &str) {
    let output = run(args);
    assert_eq!(output.status.code(), Some(exit), "{args:?}");
    assert!(output.stdout.is_empty(), "stdout is for results only");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(words), "{args:?} says {told:?}");
}

#[test]
fn help_of_every_command() {
    for (name, args) in [
        ("help-short", &["-h"][..]),
        ("help", &["--help"][..]),
        ("help-endpoints", &["endpoints", "-h"][..]),
        ("help-explain", &["explain", "--help"][..]),
        ("help-report", &["report", "-h"][..]),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        insta::assert_snapshot!(name, stdout(&output));
    }
}

#[test]
fn version_names_program_and_version() {
    let expected = format!("vpce-probe {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(stdout(&run(&["--version"])), expected);
}

#[test]
fn endpoints_of_typical_places() {
    for (name, args) in [
        ("endpoints-ec2", &["--region", "eu-west-1"][..]),
        (
            "endpoints-fargate-features",
            &[
                "--region",
                "us-east-1",
                "--launch-type",
                "fargate",
                "--feature",
                "logs,secrets,exec",
            ],
        ),
        ("endpoints-china-ssm", &["--region", "cn-north-1", "--profile", "ssm"]),
        ("endpoints-govcloud-fips", &["--region", "us-gov-west-1", "--fips"]),
    ] {
        let args: Vec<&str> = ["endpoints"].iter().chain(args).copied().collect();
        insta::assert_snapshot!(name, stdout(&run(&args)));
    }
}

#[test]
fn endpoints_as_json_hold_the_same_plan() {
    let output =
        run(&["endpoints", "--region", "eu-west-1", "--account", "123456789012", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    let published = include_str!("../packaging/endpoints.schema.json");
    let schema = serde_json::from_str(published).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&plan), "{plan}");
    assert_eq!(plan["schema_version"], "1.0");
    let dkr = plan["endpoints"].as_array().unwrap().iter().find(|e| e["service"] == "ecr.dkr");
    assert_eq!(dkr.unwrap()["hosts"][0], "123456789012.dkr.ecr.eu-west-1.amazonaws.com");
    assert_eq!(plan["region"], "eu-west-1");
}

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
fn every_code_can_be_explained_in_any_case() {
    let list = stdout(&run(&["explain", "--list"]));
    assert_eq!(list.lines().count(), vpce_probes::findings::Code::ALL.len());
    for line in list.lines() {
        let (code, title) = line.split_once("  ").unwrap();
        let text = stdout(&run(&["explain", &code.to_lowercase()]));
        assert!(text.starts_with(&format!("{code}  {title}\n")), "{text}");
        assert!(text.contains("What to change") && text.is_ascii(), "{code}");
    }
    insta::assert_snapshot!("explain-list", list);
    insta::assert_snapshot!("explain-VPCE101", stdout(&run(&["explain", "VPCE101"])));
}

#[test]
fn misuse_ends_with_64_and_says_what_is_wanted() {
    assert_misuse(&["--nonsense"], 64, "--nonsense");
    assert_misuse(&["endpoints", "--region", "us-east"], 64, "a Region looks like us-east-1");
    assert_misuse(&["endpoints", "--region", "moon-base-1"], 64, "no known partition");
    assert_misuse(
        &["endpoints", "--region", "us-east-1", "--service", "ecs-a"],
        64,
        "known are ecs,",
    );
    assert_misuse(&["endpoints", "--region", "us-east-1", "--feature", "log"], 64, "known are");
    assert_misuse(&["--deadline", "1h"], 64, "4s or 1500ms");
    assert_misuse(&["--vpc-cidr", "10.0.0.0"], 64, "--vpc-cidr");
    assert_misuse(&["--host", "10.0.0.1"], 64, "host name");
    assert_misuse(&["--imds-endpoint", "http://imds.internal"], 64, "IP address");
    assert_misuse(&["--json", "--short"], 64, "--short");
    assert_misuse(&["explain"], 64, "<CODE>");
    assert_misuse(&["explain", "VPCE999"], 64, "explain --list");
}

#[test]
fn unusable_files_end_with_78() {
    assert_misuse(&["report", "/nonexistent/report.json"], 78, "/nonexistent/report.json");
    assert_misuse(&["report", "/dev/null"], 78, "not a vpce-probe report");
    assert_misuse(&["--ca-file", "/nonexistent/ca.pem"], 78, "/nonexistent/ca.pem");
}
