//! What the documents name is there: options, variables, codes, files, scenarios. And what they hold
//! as data is data.

use std::collections::BTreeSet;

use vpce_probes::findings::Code;

use crate::offline::offline;
use crate::repository::{documents, read, root};

/// Folders whose files are named by their path.
const FOLDERS: [&str; 6] = ["tests/", "probes/", "agent/", "packaging/", "systemd/", "docs/"];

#[test]
fn options_and_variables_of_the_documents_are_the_programs() {
    let (options, variables) = taken();
    assert!(options.contains("--if-needed") && variables.contains("VPCE_PROBE_IF_NEEDED"));
    for document in documents() {
        let spans = document.spans();
        for span in spans.iter().filter(|span| span.starts_with("--")) {
            let option = span.split([' ', '=']).next().unwrap();
            assert!(options.contains(option), "{}: {option}", document.path);
        }
        for variable in words(&document.text, "VPCE_PROBE_") {
            let is_whole_family = variable == "VPCE_PROBE_";
            assert!(
                is_whole_family || variables.contains(&variable),
                "{}: {variable}",
                document.path
            );
        }
    }
}

#[test]
fn codes_of_the_documents_exist() {
    for document in documents() {
        for word in words(&document.text, "VPCE") {
            let number = word.trim_start_matches("VPCE");
            if number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()) {
                assert!(word.parse::<Code>().is_ok(), "{}: {word}", document.path);
            }
        }
    }
}

#[test]
fn paths_and_scenarios_of_the_documents_exist() {
    for document in documents() {
        for span in document.spans() {
            let mut words = span.split(' ');
            let path = words.next().unwrap();
            let is_pattern = path.contains(['*', '{']) || path.contains("NAME");
            if FOLDERS.iter().any(|folder| path.starts_with(folder)) && !is_pattern {
                assert!(root().join(path).exists(), "{}: {path}", document.path);
            }
            let scenario =
                words.next().filter(|word| path == "tests/demo" && !word.starts_with('-'));
            if let Some(scenario) = scenario.filter(|name| *name != "NAME") {
                let file = format!("tests/scenarios/{scenario}.toml");
                assert!(root().join(&file).exists(), "{}: {file}", document.path);
            }
        }
    }
}

#[test]
fn data_in_the_documents_can_be_read() {
    for document in documents() {
        for block in document.blocks_of("json") {
            // A part of an object is shown without the braces around it.
            let is_part = block.trim_start().starts_with('"');
            let whole = if is_part { format!("{{{block}}}") } else { block };
            let read = serde_json::from_str::<serde_json::Value>(&whole);
            assert!(read.is_ok(), "{}: {read:?}\n{whole}", document.path);
        }
        for block in document.blocks_of("toml") {
            let read = toml::de::DeTable::parse(&block);
            assert!(read.is_ok(), "{}: {read:?}\n{block}", document.path);
        }
    }
}

/// Every option and variable of every command, as the manual pages have them.
fn taken() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut options = BTreeSet::new();
    let mut variables = BTreeSet::new();
    for page in std::fs::read_dir(root().join("packaging/man")).unwrap() {
        let command = page.unwrap().file_name().into_string().unwrap();
        let Some(command) = command.strip_suffix(".1") else { continue };
        let below = command.trim_start_matches("vpce-probe").split('-').filter(|w| !w.is_empty());
        let mut help = offline("env");
        help.args(["-i", env!("CARGO_BIN_EXE_vpce-probe")]).args(below).arg("--help");
        let help = String::from_utf8(help.output().unwrap().stdout).unwrap();
        assert!(help.contains("Usage:"), "{command}");
        for line in help.lines().map(str::trim_start).filter(|line| line.starts_with('-')) {
            let long = line.split([' ', '.', ',']).find(|word| word.starts_with("--"));
            options.extend(long.map(str::to_owned));
        }
        variables.extend(words(&help, "VPCE_PROBE_"));
    }
    (options, variables)
}

/// The words of a text that begin so.
fn words<'t>(text: &'t str, begin: &'t str) -> impl Iterator<Item = String> + 't {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(move |c: char| !is_part(c))
        .filter(move |word| word.starts_with(begin))
        .map(str::to_owned)
}

#[test]
fn the_readme_leads_to_every_document_of_its_folder() {
    let readme = read("README.md");
    for document in documents().iter().filter(|document| document.path.starts_with("docs/")) {
        assert!(readme.contains(&format!("]({}", document.path)), "{}", document.path);
    }
}
