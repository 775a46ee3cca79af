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

/// All findings are in `docs/findings.md`; the README has those that are met most.
#[test]
fn the_rows_of_findings_in_the_readme_are_findings_in_their_order() {
    let readme = read("README.md");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells.len() == 3 && cells[1].contains("VPCE"))
        .collect();
    let codes = rows.iter().map(|cells| code(cells[1])).collect::<Vec<_>>();
    assert!(codes.len() >= 12 && codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    for cells in rows {
        assert!(cells[0].starts_with("| ") && cells[2].ends_with(" |"), "{cells:?}");
    }
}

/// The code of a cell, which may be a link.
fn code(cell: &str) -> Code {
    let word = cell.trim_start_matches('[').split(']').next().unwrap();
    word.parse().unwrap_or_else(|()| panic!("{cell}"))
}
