//! The documents are true: commands print what they show, links lead somewhere, and the report in
//! the README is one that the program gave.

// This is a test: it may panic.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

#[path = "harness/offline.rs"]
mod offline;
#[path = "harness/times.rs"]
mod times;

use offline::offline;
use times::without_times;
use vpce_probes::findings::Code;

const DOCUMENTS: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "tests/lab/README.md",
    "tests/real/README.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str())
        .skip(1)
        .map(|rest| rest.split("\n```").next().unwrap().trim_start_matches("```").to_owned())
        .collect()
}

#[test]
fn commands_print_what_the_documents_show() {
    let mut shown = 0;
    for block in DOCUMENTS.iter().flat_map(|document| blocks(&read(document), "console")) {
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
fn the_report_in_the_readme_is_a_real_one() {
    let readme = read("README.md");
    let (_, after) = readme.split_once("<!-- report of the scenario ").expect("a report is shown");
    let (scenario, after) = after.split_once(" -->").unwrap();
    let shown = blocks(after, "text").first().cloned().unwrap();
    let snapshot = read(&format!("tests/snapshots/scenarios__{scenario}.snap"));
    let (_, kept) = snapshot.trim_start_matches("---\n").split_once("---\n").unwrap();
    assert_eq!(without_times(shown.trim()).trim(), kept.trim());
}

#[test]
fn the_readme_has_a_row_for_each_finding() {
    let readme = read("README.md");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells.len() == 3 && cells[1].starts_with("VPCE"))
        .collect();
    let codes: Vec<&str> = rows.iter().map(|cells| cells[1]).collect();
    assert_eq!(codes, Code::ALL.iter().map(|code| code.word()).collect::<Vec<_>>());
    for cells in rows {
        assert!(cells[0].starts_with("| ") && cells[2].ends_with(" |"), "{cells:?}");
    }
}

#[test]
fn links_lead_to_files_that_exist() {
    for document in DOCUMENTS {
        let folder = root().join(document).parent().unwrap().to_owned();
        for target in read(document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !target.contains("://") {
                assert!(folder.join(target).exists(), "{document}: {target}");
            }
        }
    }
}

#[test]
fn paths_named_in_the_documents_exist() {
    for document in DOCUMENTS {
        for word in read(document).split('`').skip(1).step_by(2) {
            let is_path = word.starts_with("tests/")
                || word.starts_with("probes/")
                || word.starts_with("agent/");
            let path = word.split(' ').next().unwrap();
            if is_path && !word.contains("NAME") {
                assert!(root().join(path).exists(), "{document}: {path}");
            }
        }
    }
}
