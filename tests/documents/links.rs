//! Links lead to files and headings that are there.

use std::path::Path;

use crate::repository::{Document, documents, root};

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let mut followed = 0;
    for document in documents() {
        for target in targets(&document) {
            assert!(leads_somewhere(&document, &target), "{}: {target}", document.path);
            followed += 1;
        }
    }
    assert!(followed > 100, "links are found: {followed}");
}

/// Where its links lead, without those to other places of the web.
fn targets(document: &Document) -> Vec<String> {
    let prose = document.prose();
    let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(str::to_owned).collect()
}

fn leads_somewhere(document: &Document, target: &str) -> bool {
    let (file, heading) = target.split_once('#').map_or((target, None), |(f, h)| (f, Some(h)));
    let folder = root().join(&document.path).parent().unwrap().to_owned();
    let path = if file.is_empty() { root().join(&document.path) } else { folder.join(file) };
    path.exists() && heading.is_none_or(|heading| has_heading(&path, heading))
}

fn has_heading(path: &Path, wanted: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap();
    let document = Document { path: path.display().to_string(), text };
    document.prose().lines().any(|line| {
        let heading = line.trim_start_matches('#');
        heading.len() < line.len() && anchor(heading.trim()) == wanted
    })
}

/// What a heading is linked by: its letters and digits, small, with hyphens for spaces.
pub(crate) fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn a_link_that_leads_nowhere_is_seen() {
    let document = Document { path: "README.md".to_owned(), text: String::new() };
    for (target, leads) in [
        ("#configuration", true),
        ("#configurations", false),
        ("tests/run", true),
        ("tests/ran", false),
        ("docs/findings.md#vpce101", true),
        ("docs/findings.md#vpce999", false),
    ] {
        assert_eq!(leads_somewhere(&document, target), leads, "{target}");
    }
}
