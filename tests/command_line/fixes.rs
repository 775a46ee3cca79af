//! What `vpce-probe fix` makes of a saved report.

use serde_json::json;

use crate::offline::offline;
use crate::reports::report_of_an_instance;
use crate::{PROGRAM, assert_misuse, run_on, saved_report, stdout};

#[test]
fn a_fix_of_a_saved_report_holds_only_the_text() {
    let saved = report_of_an_instance().to_string();
    let fix = |args: &[&str]| {
        let args: Vec<&str> = ["fix", "--report", "-"].iter().chain(args).copied().collect();
        let output = run_on(&args, saved.as_bytes());
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
        let text = stdout(&run_on(&args, saved.to_string().as_bytes()));
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
