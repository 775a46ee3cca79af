//! The script of `vpce-probe fix` does what it says: run for once, with a stand-in for the AWS CLI that
//! writes down what it is asked for, and in a network without anything.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

#[path = "harness/offline.rs"]
mod offline;

use offline::offline;
use serde_json::json;
use vpce_probes::catalog::Catalog;
use vpce_probes::observation::Observations;
use vpce_probes::plan::{Place, Profile, Selection, plan};
use vpce_probes::report::Report;
use vpce_probes::surroundings::{Fact, Source, Surroundings};

/// Writes down its arguments, and answers what the scripts read.
const AWS: &str = r#"#!/bin/sh
printf '%s\n' "$*" >>"$LOG"
case "$*" in
  *"$FAILS"*) exit 254 ;;
  *describe-vpc-endpoints*"$THERE"*) echo vpce-0123456789abcdef0 ;;
  *describe-vpc-endpoints*Groups*) printf 'sg-0aaaaaaa\tsg-0bbbbbbb\tsg-0aaaaaaa\n' ;;
  *describe-security-groups*"$GROUP"*) echo sg-0ddddddd ;;
  *create-security-group*) echo sg-0ccccccc ;;
esac
"#;

/// What one run of a script asked for, whether it ended well, and what it told.
struct Done {
    calls: Vec<String>,
    is_success: bool,
    told: String,
}

impl Done {
    /// The calls that change something, in short.
    fn changes(&self) -> Vec<String> {
        let changes = self.calls.iter().filter(|call| !call.contains("describe"));
        let short = changes.map(|call| {
            let words: Vec<&str> = call.split(' ').collect();
            let after = |option: &str| {
                let at = words.iter().position(|word| *word == option);
                at.and_then(|at| words.get(at + 1)).map(|value| format!(" {value}"))
            };
            let what = after("--service-name").or(after("--group-id")).unwrap_or_default();
            format!("{}{what}", words[1])
        });
        short.collect()
    }
}

/// A report in which these hosts lead to these addresses, where nothing answers.
fn saved(with_subnet: bool, hosts: &[(&str, &str)]) -> String {
    let fact = |value: &str| Fact::known(value.to_owned(), Source::INSTANCE_METADATA);
    let place = Place {
        region: Some("us-east-1".to_owned()),
        profile: Some(Profile::Ec2),
        ..Place::default()
    };
    let mut surroundings = Surroundings {
        region: fact("us-east-1"),
        vpc_id: fact("vpc-0abc1234def567890"),
        vpc_ranges_told: true,
        ..Surroundings::default()
    };
    let ranges = ["10.0.0.0/16", "2600:1f18:aaaa::/56"].map(|range| range.parse().unwrap());
    surroundings.vpc_cidrs = Fact::known(ranges.to_vec(), Source::INSTANCE_METADATA);
    if with_subnet {
        surroundings.subnet_id = fact("subnet-0a9b8c7d6e5f40312");
    }
    let plan = plan(&Catalog::builtin().unwrap(), &place, &Selection::default());
    let mut report =
        serde_json::to_value(Report::new(surroundings, plan, Observations::default())).unwrap();
    let seen = |host: &str, address: &str| {
        json!({ "host": host, "pinned": [], "lookups": [], "elapsed_ms": 1.0, "addresses": [
            { "address": address, "tcp": { "outcome": "timed-out", "elapsed_ms": 1500.0 } }
        ]})
    };
    report["observations"]["hosts"] =
        hosts.iter().map(|(host, address)| seen(host, address)).collect();
    report.to_string()
}

/// The script for a saved report.
fn script_for(saved: &str) -> String {
    let mut child = offline(env!("CARGO_BIN_EXE_vpce-probe"))
        .args(["fix", "--report", "-"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(saved.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn run(script: &str, variables: &[(&str, &str)]) -> Done {
    let folder = folder();
    let [aws, log, file] = ["aws", "log", "fix.sh"].map(|name| folder.join(name));
    fs::write(&aws, AWS).unwrap();
    fs::set_permissions(&aws, Permissions::from_mode(0o755)).unwrap();
    fs::write(&log, "").unwrap();
    fs::write(&file, script).unwrap();
    let output = offline("bash")
        .arg(&file)
        .env_clear()
        .env("PATH", path_with(&folder))
        .env("LOG", &log)
        .envs([("THERE", "nothing"), ("GROUP", "nothing"), ("FAILS", "never")])
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let calls = fs::read_to_string(&log).unwrap().lines().map(str::to_owned).collect();
    fs::remove_dir_all(&folder).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    Done { calls, is_success: output.status.success(), told }
}

fn folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("fix-script-{}-{number}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn path_with(folder: &Path) -> String {
    format!("{}:/usr/bin:/bin:/usr/sbin:/sbin", folder.display())
}

const PUBLIC: [(&str, &str); 3] = [
    ("ecs.us-east-1.amazonaws.com", "52.94.228.101"),
    ("ecs-a.us-east-1.amazonaws.com", "52.94.228.102"),
    ("ecs-t.us-east-1.amazonaws.com", "52.94.228.103"),
];

#[test]
fn missing_endpoints_are_created_in_order() {
    let done = run(&script_for(&saved(true, &PUBLIC)), &[]);
    assert!(done.is_success, "{}", done.told);
    let wanted = [
        "modify-vpc-attribute",
        "modify-vpc-attribute",
        "create-security-group",
        "authorize-security-group-ingress sg-0ccccccc",
        "authorize-security-group-ingress sg-0ccccccc",
        "create-vpc-endpoint com.amazonaws.us-east-1.ecs-agent",
        "create-vpc-endpoint com.amazonaws.us-east-1.ecs-telemetry",
        "create-vpc-endpoint com.amazonaws.us-east-1.ecs",
    ];
    assert_eq!(done.changes(), wanted);
    let ask = done.calls.iter().filter(|call| call.contains("describe-vpc-endpoints"));
    assert_eq!(ask.count(), 3, "{:?}", done.calls);
    let created = done.calls.iter().find(|call| call.contains("create-vpc-endpoint")).unwrap();
    for part in [
        "--vpc-id vpc-0abc1234def567890",
        "--subnet-ids subnet-0a9b8c7d6e5f40312 --private-dns-enabled",
        "--security-group-ids sg-0ccccccc",
    ] {
        assert!(created.contains(part), "{created}");
    }
    let rules = done.calls.iter().filter(|call| call.contains("authorize"));
    let rules: Vec<&str> = rules.map(|call| call.rsplit(',').next().unwrap()).collect();
    let wanted = ["IpRanges=[{CidrIp=10.0.0.0/16}]", "Ipv6Ranges=[{CidrIpv6=2600:1f18:aaaa::/56}]"];
    assert_eq!(rules, wanted);
}

#[test]
fn an_endpoint_that_is_there_is_not_created_again() {
    let script = script_for(&saved(true, &PUBLIC));
    let done = run(&script, &[("THERE", "us-east-1.ecs-telemetry")]);
    assert!(done.is_success, "{}", done.told);
    let created = done.changes().into_iter().filter(|call| call.starts_with("create-vpc-endpoint"));
    let created: Vec<String> = created.collect();
    assert_eq!(created.len(), 2, "{created:?}");
    assert!(created.iter().all(|call| !call.contains("telemetry")), "{created:?}");
    assert!(done.told.contains("ecs-telemetry is there already: vpce-0123456789abcdef0"));
}

#[test]
fn where_only_private_dns_is_off_nothing_is_created_and_the_command_is_told() {
    let script = script_for(&saved(true, &PUBLIC));
    let done = run(&script, &[("THERE", "us-east-1.ecs")]);
    assert!(done.is_success, "{}", done.told);
    assert_eq!(done.changes(), ["modify-vpc-attribute"; 2]);
    let command = "aws ec2 modify-vpc-endpoint --region us-east-1 --vpc-endpoint-id vpce-0123456789abcdef0 --private-dns-enabled";
    assert_eq!(done.told.matches(command).count(), 3, "{}", done.told);
}

#[test]
fn the_command_for_a_gateway_that_is_there_can_be_pasted() {
    let layers = "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com";
    let script = script_for(&saved(true, &[(layers, "52.216.0.1")]));
    let tables = ("ROUTE_TABLE_IDS", "rtb-0aaaaaaa rtb-0bbbbbbb");
    let done = run(&script, &[("THERE", "us-east-1.s3"), tables]);
    assert!(done.is_success && done.changes().is_empty(), "{}: {:?}", done.told, done.changes());
    let command =
        "--vpc-endpoint-id vpce-0123456789abcdef0 --add-route-table-ids rtb-0aaaaaaa rtb-0bbbbbbb";
    assert!(done.told.contains(command), "{}", done.told);
}

#[test]
fn a_second_run_goes_on_with_the_security_group_of_the_first() {
    let script = script_for(&saved(true, &PUBLIC));
    let done = run(&script, &[("GROUP", "vpc-endpoints")]);
    assert!(done.is_success, "{}", done.told);
    assert!(!done.changes().contains(&"create-security-group".to_owned()));
    let created = done.calls.iter().filter(|call| call.contains("create-vpc-endpoint"));
    assert_eq!(created.filter(|call| call.contains("--security-group-ids sg-0ddddddd")).count(), 3);
}

#[test]
fn what_cannot_be_asked_is_not_created() {
    let script = script_for(&saved(true, &PUBLIC));
    let done = run(&script, &[("FAILS", "describe-vpc-endpoints")]);
    assert!(!done.is_success);
    assert!(done.changes().iter().all(|call| !call.starts_with("create-vpc-endpoint")));
}

#[test]
fn nothing_is_done_before_everything_is_filled_in() {
    let script = script_for(&saved(false, &PUBLIC));
    let done = run(&script, &[]);
    assert!(!done.is_success && done.told.contains("REPLACE_WITH_SUBNET_IDS"), "{}", done.told);
    assert_eq!(done.calls, [""; 0]);
    let done = run(&script, &[("SUBNET_IDS", "subnet-0aaaaaaa subnet-0bbbbbbb")]);
    assert!(done.is_success, "{}", done.told);
    let both = "--subnet-ids subnet-0aaaaaaa subnet-0bbbbbbb --private";
    assert!(done.calls.iter().any(|call| call.contains(both)), "{:?}", done.calls);
}

#[test]
fn each_security_group_is_opened_once() {
    let silent = [
        ("ecs.us-east-1.amazonaws.com", "10.0.1.101"),
        ("api.ecr.us-east-1.amazonaws.com", "10.0.1.104"),
    ];
    // A rule that is there already is an error to the AWS CLI.
    for fails in ["never", "authorize"] {
        let done = run(&script_for(&saved(true, &silent)), &[("FAILS", fails)]);
        assert!(done.is_success, "{}", done.told);
        let of = |group: &str| format!("authorize-security-group-ingress {group}");
        let [first, second] = ["sg-0aaaaaaa", "sg-0bbbbbbb"].map(of);
        assert_eq!(done.changes(), [first.clone(), first, second.clone(), second]);
        assert_eq!(done.told.contains("already is no trouble"), fails == "authorize");
    }
}
