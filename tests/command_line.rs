//! The command line as a user meets it. Nothing here touches a network: there is none.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};

#[path = "harness/offline.rs"]
mod offline;

use offline::offline;
use serde_json::json;
use vpce_probes::observation::Observations;
use vpce_probes::plan::Plan;
use vpce_probes::report::Report;
use vpce_probes::surroundings::Surroundings;

const PROGRAM: &str = env!("CARGO_BIN_EXE_vpce-probe");

fn run_with(args: &[&str], env: &[(&str, &str)]) -> Output {
    // The variables are cleared for the program, not for finding what starts it.
    let mut command = offline("env");
    let variables = env.iter().map(|(name, value)| format!("{name}={value}"));
    command.arg("-i").args(variables).arg(PROGRAM).args(args).output().unwrap()
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
        ("help-agent", &["agent", "-h"][..]),
        ("help-agent-restart", &["agent", "restart", "--help"][..]),
        ("help-agent-status", &["agent", "status", "-h"][..]),
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

/// The path of a report of nothing.
fn saved_report() -> String {
    let report = Report::new(Surroundings::default(), Plan::default(), Observations::default());
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path =
        std::env::temp_dir().join(format!("vpce-probe-{}-{number}.json", std::process::id()));
    std::fs::write(&path, serde_json::to_string(&report).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
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
fn an_option_given_twice_counts_as_given_last() {
    let twice = run(&["endpoints", "--region", "us-east-1", "--region", "eu-west-1"]);
    assert_eq!(stdout(&twice), stdout(&run(&["endpoints", "--region", "eu-west-1"])));
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
    let nothing = ["endpoints", "--region", "us-east-1", "--only", "s3", "--skip", "s3"];
    assert_misuse(&nothing, 64, "nothing to check");
    assert_misuse(&["--deadline", "500"], 64, "4s or 1500ms");
    assert_misuse(&["--deadline", "1h"], 64, "4s or 1500ms");
    assert_misuse(&["--vpc-cidr", "10.0.0.0"], 64, "--vpc-cidr");
    assert_misuse(&["--host", "10.0.0.1"], 64, "host name");
    assert_misuse(&["--imds-endpoint", "http://imds.internal"], 64, "IP address");
    assert_misuse(&["--json", "--short"], 64, "--short");
    assert_misuse(&["agent"], 64, "restart");
    assert_misuse(&["agent", "restart", "--interval", "15"], 64, "15m or 1h");
    assert_misuse(&["agent", "restart", "--verify-timeout", "1h"], 64, "4s or 1500ms");
    assert_misuse(&["agent", "restart", "--json", "--short"], 64, "--short");
    assert_misuse(&["explain"], 64, "<CODE>");
    assert_misuse(&["explain", "VPCE999"], 64, "explain --list");
}

#[test]
fn unusable_files_end_with_78() {
    assert_misuse(&["report", "/nonexistent/report.json"], 78, "/nonexistent/report.json");
    assert_misuse(&["report", "/dev/null"], 78, "not a vpce-probe report");
    assert_misuse(&["--ca-file", "/nonexistent/ca.pem"], 78, "/nonexistent/ca.pem");
}

#[test]
fn files_that_may_not_be_read_end_with_77() {
    let path = saved_report();
    std::fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    for args in [["report", path.as_str()], ["--ca-file", path.as_str()]] {
        // Root may read everything, unless it gives that up.
        let mut command = offline("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", PROGRAM]);
        let output = command.args(args).env_remove("VPCE_PROBE_CA_FILE").output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(77), "{args:?}: {told}");
        assert!(told.contains(&path) && told.contains("ermission denied"), "{told}");
    }
    std::fs::remove_file(path).unwrap();
}
