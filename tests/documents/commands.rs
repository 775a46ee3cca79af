//! Commands in the documents are such as the program takes, and print what is shown.

use vpce_probes::catalog::Catalog;

use crate::offline::offline;
use crate::repository::documents;
use crate::shell::calls;

#[test]
fn commands_print_what_the_documents_show() {
    let mut shown = 0;
    for block in documents().iter().flat_map(|document| document.blocks_of("console")) {
        for session in block.split("$ ").skip(1) {
            let (command, expected) = session.split_once('\n').unwrap_or((session, ""));
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("vpce-probe"), "{command}");
            let output = offline("env")
                .args(["-i", env!("CARGO_BIN_EXE_vpce-probe")])
                .args(words)
                .output()
                .unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            match expected.trim_end().strip_suffix("...") {
                Some(beginning) => assert!(printed.starts_with(beginning), "{command}\n{printed}"),
                None => assert_eq!(printed.trim_end(), expected.trim_end(), "{command}"),
            }
            shown += 1;
        }
    }
    assert!(shown >= 2, "the README shows commands");
}

#[test]
fn commands_of_the_documents_are_taken() {
    let mut taken = 0;
    for document in documents() {
        for block in document.blocks_of("sh") {
            for words in calls(&block) {
                assert_eq!(refusal(&words), None, "{}: {words:?}", document.path);
                taken += 1;
            }
        }
        for span in document.spans() {
            for words in calls(&span) {
                assert_eq!(refusal(&words), None, "{}: {span}", document.path);
                taken += 1;
            }
        }
    }
    assert!(taken > 100, "commands are found: {taken}");
}

/// What is wrong with a call, where something is. Nothing is done: help is asked for behind it, and
/// only the parser sees what stands before.
fn refusal(words: &[String]) -> Option<String> {
    let mut command = offline("env");
    command.args(["-i", env!("CARGO_BIN_EXE_vpce-probe")]).args(words).arg("--help");
    let output = command.output().unwrap();
    match output.status.code() {
        Some(0) => unknown_name(words),
        _ => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Names of services and features are known to the catalog, not to the parser.
fn unknown_name(words: &[String]) -> Option<String> {
    let catalog = Catalog::builtin().unwrap();
    let services: Vec<&str> =
        catalog.services.iter().map(|service| service.name.as_str()).collect();
    let features = catalog.features();
    words.windows(2).find_map(|pair| {
        let known = match pair[0].as_str() {
            "--feature" => &features,
            "--service" | "--only" | "--skip" => &services,
            _ => return None,
        };
        let is_placeholder = |name: &str| name.chars().all(|c| c.is_ascii_uppercase());
        let mut names = pair[1].split(',').filter(|name| !is_placeholder(name));
        names.find(|name| !known.contains(name)).map(|name| format!("there is no {name}"))
    })
}

#[test]
fn a_call_that_is_not_taken_is_seen() {
    let seen = |line: &str| {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        refusal(&words).is_some()
    };
    for (line, is_bad) in [
        ("--json", false),
        ("--jsn", true),
        ("watch --interval 30", true),
        ("watch --interval 30s", false),
        ("agent status", false),
        ("agent stop", true),
        ("--feature logs,secret", true),
        ("endpoints --only s3,ecr.dkr", false),
        ("fix --format yaml", true),
    ] {
        assert_eq!(seen(line), is_bad, "{line}");
    }
}
