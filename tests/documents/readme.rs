//! What the README shows is what the program gives.

use vpce_probes::findings::Code;

use crate::repository::{Document, read};
use crate::times::without_times;

#[test]
fn the_report_in_the_readme_is_a_real_one() {
    let readme = read("README.md");
    let (_, after) = readme.split_once("<!-- report of the scenario ").expect("a report is shown");
    let (scenario, after) = after.split_once(" -->").unwrap();
    let shown = Document { path: "README.md".to_owned(), text: after.to_owned() };
    let shown = shown.blocks_of("text").swap_remove(0);
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
