//! What `vpce-probe explain` makes of codes and texts.

use crate::{run, run_on, stdout};

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
    let published = include_str!("../../packaging/explanation.schema.json");
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
    let (exit, told, complaints) = told_of(line.as_bytes(), &["explain", "-"]);
    assert_eq!((exit, complaints.as_str()), (Some(0), ""));
    assert!(told.contains("agent-telemetry") && told.contains("no-answer"), "{told}");
    let harmless = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    assert!(told.bytes().all(harmless), "{told}");
    // Bytes that are no text, and more of them than is read: what stands last counts.
    let mut long = b"\xff\xff\n".repeat(100_000);
    long.extend(line.bytes());
    let (exit, told, complaints) = told_of(&long, &["explain", "--verbose", "-"]);
    assert_eq!(exit, Some(0));
    assert!(told.contains("agent-telemetry") && told.contains("(line 100001)"), "{told}");
    assert!(complaints.contains("only its last 64 KiB"), "{complaints}");
    assert_eq!(told_of(b"all is well\n", &["explain", "-"]).0, Some(64));
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

/// What the program makes of bytes on its standard input.
fn told_of(bytes: &[u8], args: &[&str]) -> (Option<i32>, String, String) {
    let output = run_on(args, bytes);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}
