//! What `vpce-probe endpoints` plans, also for a task definition.

use std::process::Stdio;

use crate::offline::offline;
use crate::{PROGRAM, assert_misuse, run, run_on, run_with, saved, stdout};

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
    let published = include_str!("../../packaging/endpoints.schema.json");
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

#[test]
fn endpoints_of_a_task_definition() {
    let args = ["endpoints", "--region", "eu-west-1", "--task-definition", "-"];
    let piped = stdout(&run_on(&args, DEFINITION.as_bytes()));
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
        let output = run_on(&args, input);
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
