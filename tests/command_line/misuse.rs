//! Wrong command lines and unusable files.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use crate::offline::offline;
use crate::{PROGRAM, assert_misuse, saved_report};

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
