//! Help and version, word for word.

use crate::{run, stdout};

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
