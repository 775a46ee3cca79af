//! The command line as a user meets it. Nothing here touches a network: there is none.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

#[path = "harness/offline.rs"]
mod offline;

use offline::offline;
use serde_json::json;
use vpce_probes::catalog::Catalog;
use vpce_probes::observation::Observations;
use vpce_probes::plan::{Place, Plan, Profile, Selection, plan};
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
        ("help-config", &["config", "-h"][..]),
        ("help-endpoints", &["endpoints", "-h"][..]),
        ("help-explain", &["explain", "--help"][..]),
        ("help-fix", &["fix", "--help"][..]),
        ("help-wait", &["wait", "--help"][..]),
        ("help-watch", &["watch", "--help"][..]),
        ("help-health", &["health", "-h"][..]),
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

/// What a pipeline has at hand.
const DEFINITION: &str = r#"{
  "taskDefinition": {
    "requiresCompatibilities": ["FARGATE"],
    "containerDefinitions": [
      {
        "name": "app",
        "image": "210987654321.dkr.ecr.eu-central-1.amazonaws.com/orders:42",
        "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-region": "eu-west-1" } },
        "secrets": [
          { "name": "A", "valueFrom": "arn:aws:ssm:eu-west-1:123456789012:parameter/a" },
          { "name": "B", "valueFrom": "b" },
          { "name": "C", "valueFrom": "c" },
          { "name": "D", "valueFrom": "d" },
          { "name": "E", "valueFrom": { "Ref": "E" } }
        ]
      },
      { "name": "web", "image": "nginx:latest" }
    ],
    "volumes": [{ "name": "data", "efsVolumeConfiguration": { "fileSystemId": "fs-1" } }]
  }
}"#;

/// The program with this on its standard input.
fn run_fed(args: &[&str], input: &[u8]) -> Output {
    let mut command = offline("env");
    let command = command.arg("-i").arg(PROGRAM).args(args);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // A program that refuses its input does not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[test]
fn endpoints_of_a_task_definition() {
    let args = ["endpoints", "--region", "eu-west-1", "--task-definition", "-"];
    let piped = stdout(&run_fed(&args, DEFINITION.as_bytes()));
    insta::assert_snapshot!("endpoints-task-definition", piped);
    let path = saved("definition", DEFINITION.as_bytes());
    let variables = [("VPCE_PROBE_TASK_DEFINITION", path.as_str())];
    let by_variable = run_with(&["endpoints", "--region", "eu-west-1"], &variables);
    assert_eq!(stdout(&by_variable), piped);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_task_definition_that_is_none_ends_with_78_and_says_what_is_wanted() {
    let args = ["endpoints", "--region", "eu-west-1", "--task-definition"];
    for (input, words) in [
        (&b"family: orders"[..], "standard input: not JSON"),
        (b"{}", "what aws ecs describe-task-definition"),
        (b"", "standard input: not JSON"),
        (b"\"\xff\"", "not UTF-8"),
        (&vec![b' '; 1024 * 1024 + 1], "larger than 1 MiB"),
    ] {
        let args: Vec<&str> = args.iter().chain(&["-"]).copied().collect();
        let output = run_fed(&args, input);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{told}");
        assert!(told.contains(words) && output.stdout.is_empty(), "{told}");
    }
    for (file, words) in [("/nonexistent/task.json", "No such file"), ("/dev/zero", "regular")] {
        let args: Vec<&str> = args.iter().chain(&[file]).copied().collect();
        assert_misuse(&args, 78, words);
    }
}

#[test]
fn a_standard_input_that_never_ends_keeps_nobody_past_the_deadline() {
    let mut command = offline(PROGRAM);
    let command = command.args(["--task-definition", "-", "--deadline", "100ms"]);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let open = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(open);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{told}");
    assert!(told.contains("no end before the deadline"), "{told}");
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

/// Runs the program with something on its standard input.
fn run_reading(args: &[&str], input: &str) -> Output {
    let mut command = offline(PROGRAM);
    command.args(args).env_clear().stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever has read enough is gone before everything is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// A report of a place that needs what a container instance needs; nothing was observed.
fn report_of_an_instance() -> serde_json::Value {
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
        let output = run_reading(args, &saved);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }
    let again = run_reading(&["report", "-", "--json"], &saved).stdout;
    let again: serde_json::Value = serde_json::from_slice(&again).unwrap();
    assert_eq!(again.to_string(), saved);
    let told = run_reading(&["report", "-"], &saved).stdout;
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
            let output = run_reading(args, text);
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
    let output = run_reading(&["report", "-"], &newer.to_string());
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(!text.contains("VPCE999") && text.contains("ecs-telemetry"), "{text}");
}

#[test]
fn a_fix_of_a_saved_report_holds_only_the_text() {
    let saved = report_of_an_instance().to_string();
    let fix = |args: &[&str]| {
        let args: Vec<&str> = ["fix", "--report", "-"].iter().chain(args).copied().collect();
        let output = run_reading(&args, &saved);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        stdout(&output)
    };
    // Nothing was observed, so nothing is claimed: neither that it is missing nor that it is well.
    let unknown = fix(&[]);
    assert!(unknown.lines().all(|line| line.is_empty() || line.starts_with('#')), "{unknown}");
    assert!(unknown.contains("VPCE002") && !unknown.contains("Nothing to fix"));
    let kms = ["--service", "kms"];
    let cli = fix(&kms);
    assert!(cli.contains("--service-name com.amazonaws.us-east-1.kms"), "{cli}");
    assert!(cli.contains(": \"${SUBNET_IDS:?REPLACE_WITH_SUBNET_IDS"), "{cli}");
    let terraform = fix(&["--service", "kms", "--format", "terraform"]);
    assert!(terraform.contains("resource \"aws_vpc_endpoint\" \"kms\" {"), "{terraform}");
    let by_variable = offline("env")
        .args(["-i", "VPCE_PROBE_FORMAT=terraform", "VPCE_PROBE_SERVICE=kms", "VPCE_PROBE_JSON=1"])
        .args([PROGRAM, "fix", "--report", "-"])
        .stdin(stdin_of(&saved))
        .output()
        .unwrap();
    assert_eq!(stdout(&by_variable), terraform);
}

#[test]
fn without_a_region_there_is_no_fix() {
    let path = saved_report();
    for format in ["cli", "terraform", "cloudformation"] {
        let args = ["fix", "--format", format, "--report", path.as_str()];
        assert_misuse(&args, 64, "give it with --region");
    }
    std::fs::remove_file(path).unwrap();
}

/// A saved report comes from somebody else: what it says gets into comments at most.
#[test]
fn a_saved_report_cannot_write_a_script() {
    let evil = "x$(touch /tmp/evil)`touch /tmp/evil`';\ntouch /tmp/evil # ${path.module} %{ if";
    let mut saved = report_of_an_instance();
    let fact = json!({ "value": evil, "source": evil });
    for name in ["vpc_id", "subnet_id", "instance_id", "availability_zone", "dns_suffix"] {
        saved["surroundings"][name] = fact.clone();
    }
    saved["surroundings"]["security_group_ids"] = json!({ "value": [evil], "source": "option" });
    saved["program"]["version"] = json!(evil);
    let endpoints = saved["plan"]["endpoints"].as_array_mut().unwrap();
    let mut hosts = Vec::new();
    for (number, endpoint) in endpoints.iter_mut().enumerate() {
        let host = format!("{evil}{number}");
        endpoint["hosts"] = json!([host]);
        match number {
            0 => endpoint["service"] = json!(evil),
            1 => endpoint["endpoint_service_name"] = json!(evil),
            _ => endpoint["reasons"][0]["text"] = json!(evil),
        }
        hosts.push(json!({
            "host": host, "pinned": [], "lookups": [], "elapsed_ms": 1.0, "addresses": [
                { "address": "52.94.1.1", "tcp": { "outcome": "timed-out", "elapsed_ms": 1500.0 } }
            ]
        }));
    }
    saved["observations"]["hosts"] = json!(hosts);
    for format in ["cli", "terraform", "cloudformation"] {
        let args = ["fix", "--report", "-", "--format", format];
        let text = stdout(&run_reading(&args, &saved.to_string()));
        assert!(text.contains("ecs-telemetry") && text.contains("touch"), "{text}");
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let bad =
                ["touch", "evil", "path.module", "%{"].iter().find(|bad| line.contains(**bad));
            assert_eq!(bad, None, "{format}: {line}");
        }
    }
}

/// A file that holds a text and has no name any more.
fn stdin_of(text: &str) -> std::fs::File {
    let path = saved_report();
    std::fs::write(&path, text).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(path).unwrap();
    file
}

/// The path of a report of nothing.
fn saved_report() -> String {
    let report = Report::new(Surroundings::default(), Plan::default(), Observations::default());
    saved("report", serde_json::to_string(&report).unwrap().as_bytes())
}

/// The path of a file with this in it.
fn saved(what: &str, content: &[u8]) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("vpce-probe-{what}-{}-{number}.json", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn every_code_can_be_explained_in_any_case() {
    let list = stdout(&run(&["explain", "--list"]));
    let codes: Vec<&str> = list.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(codes.len(), vpce_probes::findings::Code::ALL.len());
    for line in codes {
        let (code, title) = line.split_once("  ").unwrap();
        let text = stdout(&run(&["explain", &code.to_lowercase()]));
        assert!(text.starts_with(&format!("{code}  {title}\n")), "{text}");
        assert!(text.contains("What to change") && text.is_ascii(), "{code}");
    }
    insta::assert_snapshot!("explain-list", list);
    insta::assert_snapshot!("explain-VPCE101", stdout(&run(&["explain", "VPCE101"])));
}

const REGISTRY_LOGIN: &str = "ResourceInitializationError: unable to pull secrets or registry auth: \
    execution resource retrieval failed: unable to retrieve ecr registry auth: service call has \
    been retried 3 time(s): RequestError: send request failed caused by: Post \
    \"https://api.ecr.us-east-1.amazonaws.com/\": dial tcp 10.0.1.104:443: i/o timeout. Please \
    check your task network configuration.";

#[test]
fn an_error_text_is_explained() {
    insta::assert_snapshot!("explain-text", stdout(&run(&["explain", REGISTRY_LOGIN])));
    let denied = "AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/x/y is not \
        authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:123456789012:repository/x \
        because no VPC endpoint policy allows the ecr:BatchGetImage action";
    insta::assert_snapshot!("explain-denial", stdout(&run(&["explain", "--short", denied])));
}

#[test]
fn what_a_check_finds_is_told_only_where_there_is_an_endpoint() {
    let told = |host: &str| {
        stdout(&run(&[
            "explain",
            &format!("Get https://{host}/: dial tcp 52.1.1.1:443: i/o timeout"),
        ]))
    };
    assert!(!told("registry-1.docker.io").contains("What a check finds"));
    assert!(told("ecs.us-east-1.amazonaws.com").contains("What a check finds"));
}

#[test]
fn every_error_text_that_is_listed_can_be_explained_by_its_name() {
    let list = stdout(&run(&["explain", "--list"]));
    let listed: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split("  ").next())
        .filter(|id| !id.is_empty())
        .collect();
    let known = vpce_probes::error_text::known_texts().unwrap();
    assert_eq!(listed, known.iter().map(|text| text.id.as_str()).collect::<Vec<_>>());
    for id in listed {
        let text = stdout(&run(&["explain", id]));
        assert!(text.contains(id) && text.contains("What to change"), "{text}");
    }
}

#[test]
fn an_explanation_as_json_is_of_the_published_schema() {
    let published = include_str!("../packaging/explanation.schema.json");
    let schema = serde_json::from_str(published).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for text in [REGISTRY_LOGIN, "VPCE101", "no-answer", "ecs.us-east-1.amazonaws.com"] {
        let output = run(&["explain", "--json", text]);
        let told: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert!(validator.is_valid(&told), "{told}");
        assert_eq!(told["schema_version"], "1.0");
    }
    let told = stdout(&run(&["explain", "--json", REGISTRY_LOGIN]));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["services"][0]["service"], "ecr.api");
    assert_eq!(told["services"][0]["region"], "us-east-1");
    assert_eq!(told["addresses"][0]["class"], "private");
    assert_eq!(told["answer"]["check"], "vpce-probe --only ecr.api");
}

#[test]
fn a_log_is_read_from_standard_input_to_its_limit() {
    let line = "2026-05-04T06:13:02Z [ERROR] \u{1b}[2J Error connecting to TCS: dial tcp 54.239.21.73:443: i/o timeout\n";
    let (exit, told, complaints) = run_on(line.as_bytes(), &["explain", "-"]);
    assert_eq!((exit, complaints.as_str()), (Some(0), ""));
    assert!(told.contains("agent-telemetry") && told.contains("no-answer"), "{told}");
    let harmless = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    assert!(told.bytes().all(harmless), "{told}");
    // Bytes that are no text, and more of them than is read: what stands last counts.
    let mut long = b"\xff\xff\n".repeat(100_000);
    long.extend(line.bytes());
    let (exit, told, complaints) = run_on(&long, &["explain", "--verbose", "-"]);
    assert_eq!(exit, Some(0));
    assert!(told.contains("agent-telemetry") && told.contains("(line 100001)"), "{told}");
    assert!(complaints.contains("only its last 64 KiB"), "{complaints}");
    assert_eq!(run_on(b"all is well\n", &["explain", "-"]).0, Some(64));
}

/// What the program does with bytes on its standard input.
fn run_on(bytes: &[u8], args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = offline("env");
    command.arg("-i").arg(PROGRAM).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The program may have read enough before all is written.
    let _ = child.stdin.take().unwrap().write_all(bytes);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_check_without_anything_to_check_does_not_pass() {
    for text in ["VPCE101", "no space left on device"] {
        let output = run(&["explain", "--check", text]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(!output.stdout.is_empty(), "it is explained all the same");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("nothing was checked"), "{told}");
    }
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
    assert_misuse(&["agent", "restart", "--restart-interval", "15"], 64, "15m or 1h");
    assert_misuse(&["agent", "restart", "--verify-timeout", "1h"], 64, "4s or 1500ms");
    assert_misuse(&["agent", "restart", "--json", "--short"], 64, "--short");
    assert_misuse(&["fix", "--format", "chef"], 64, "terraform");
    assert_misuse(&["fix", "--json"], 64, "--format");
    assert_misuse(&["fix", "--service", "ecs-a"], 64, "known are ecs,");
    assert_misuse(&["watch", "--interval", "3s"], 64, "shorter than --deadline (4s)");
    assert_misuse(&["watch", "--interval", "30"], 64, "30s or 5m");
    assert_misuse(&["watch", "--short"], 64, "--short has no meaning for watch");
    assert_misuse(&["explain"], 64, "<CODE|TEXT>");
    assert_misuse(&["explain", "all is well"], 64, "explain --list");
    assert_misuse(&["explain", "- all is well"], 64, "explain --list");
    assert_misuse(&["explain", "--lst"], 64, "no such option");
    assert_misuse(&["explain", "VPCE101", "--json", "--short"], 64, "--short");
    assert_misuse(&["explain", "VPCE999"], 64, "explain --list");
}

#[test]
fn unusable_files_end_with_78() {
    assert_misuse(&["report", "/nonexistent/report.json"], 78, "/nonexistent/report.json");
    assert_misuse(&["report", "/dev/null"], 78, "not a vpce-probe report");
    assert_misuse(&["report", "/dev/zero"], 78, "larger than 16 MiB");
    assert_misuse(&["fix", "--report", "/nonexistent/report.json"], 78, "/nonexistent/report.json");
    assert_misuse(&["fix", "--report", "/dev/zero"], 78, "larger than 16 MiB");
    assert_misuse(&["--ca-file", "/nonexistent/ca.pem"], 78, "/nonexistent/ca.pem");
}

#[test]
fn files_that_may_not_be_read_end_with_77() {
    let path = saved_report();
    std::fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    let path = path.as_str();
    let report = [&["report", path][..], &["fix", "--report", path]];
    for args in report.into_iter().chain([&["--ca-file", path][..], &["--task-definition", path]]) {
        // Root may read everything, unless it gives that up.
        let mut command = offline("setpriv");
        command.args(["--bounding-set=-dac_override,-dac_read_search", PROGRAM]);
        let output = command.args(args).env_remove("VPCE_PROBE_CA_FILE").output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(77), "{args:?}: {told}");
        assert!(told.contains(path) && told.contains("ermission denied"), "{told}");
    }
    std::fs::remove_file(path).unwrap();
}
