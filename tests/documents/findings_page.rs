//! `docs/findings.md` is made of the catalogue of codes: what `vpce-probe explain` says, and what else
//! the code knows of each finding.

use std::collections::BTreeMap;
use std::fmt::Write;

use vpce_lab::Scenario;
use vpce_probes::catalog::Catalog;
use vpce_probes::explanation::explanation;
use vpce_probes::findings::Code;
use vpce_probes::fix::can_mend;

use crate::repository::root;
use crate::weights::heaviest;

const PAGE: &str = "docs/findings.md";
const UPDATE: &str = "UPDATE_DOCS";

/// What codes are about, from the first of them on.
const SUBJECTS: [(&str, &str); 11] = [
    ("VPCE001", "This place"),
    ("VPCE010", "Names and resolvers"),
    ("VPCE030", "Private hosted zones made by hand"),
    ("VPCE050", "Instance metadata in containers"),
    ("VPCE101", "Addresses"),
    ("VPCE110", "Connections"),
    ("VPCE119", "Certificates, TLS and the clock"),
    ("VPCE130", "Endpoints that belong together, and Amazon S3"),
    ("VPCE133", "What the task asks for"),
    ("VPCE140", "The ECS agent"),
    ("VPCE160", "Proxies"),
];

const HEAD: &str = "\
# Findings

<!-- Made of the program's own texts; not to be edited. UPDATE_DOCS=1 cargo test -p vpce-probe --test documents -->

Every finding has a code that never changes its meaning. `vpce-probe explain CODE` says offline what
stands here.

Below each finding:

- **Weight**: what it makes of the names that it is about, at most. About an endpoint that is only
  recommended it is a warning, about an optional one a note, and beside what works often less
  ([how a verdict is reached](verdicts.md)).
- **Waiting**: whether it can end while nobody touches this machine, so that `vpce-probe wait` goes on.
- **Fix**: whether `vpce-probe fix` prints commands that mend it, or repeats for a person what is to be
  changed.
- **See it**: a VPC of the tests that has it, to be looked at without AWS.
";

#[test]
fn the_page_of_findings_is_what_the_program_says() {
    let made = page();
    let path = root().join(PAGE);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{PAGE} is out of date: {UPDATE}=1 writes it anew");
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (subject, codes) in by_subject() {
        let _ = writeln!(page, "\n[{subject}](#{})\n", anchor(subject));
        for code in &codes {
            let (word, title) = (code.word(), code.title());
            let _ = writeln!(page, "- [{word}](#{}) {title}", word.to_lowercase());
        }
    }
    let catalog = Catalog::builtin().unwrap();
    let scenarios = scenarios();
    for (subject, codes) in by_subject() {
        let _ = writeln!(page, "\n## {subject}");
        for code in codes {
            section(&mut page, code, &catalog, &scenarios);
        }
    }
    page
}

/// Every code once, below its subject.
fn by_subject() -> Vec<(&'static str, Vec<Code>)> {
    let ends = SUBJECTS.iter().skip(1).map(|(first, _)| *first).chain(["VPCE999"]);
    let subjects = SUBJECTS.iter().zip(ends).map(|((first, subject), end)| {
        let of_subject = |code: &&Code| (*first..end).contains(&code.word());
        (*subject, Code::ALL.iter().filter(of_subject).copied().collect::<Vec<_>>())
    });
    let subjects: Vec<_> = subjects.collect();
    let all: usize = subjects.iter().map(|(_, codes)| codes.len()).sum();
    assert_eq!(all, Code::ALL.len());
    subjects
}

fn section(page: &mut String, code: Code, catalog: &Catalog, scenarios: &[Scenario]) {
    let long = explanation(code).unwrap();
    let word = code.word();
    let _ = writeln!(page, "\n### {word}\n\n**{}**\n\n{}", code.title(), text(&long.meaning));
    list(page, "What causes it", &long.causes);
    list(page, "What to change", &long.change);
    if !long.check.is_empty() {
        let _ = writeln!(page, "\nTo look closer:\n\n```sh\n{}\n```", long.check.join("\n"));
    }
    let waiting = if code.can_heal() { "can help" } else { "cannot help" };
    let fix = if can_mend(code) { "commands" } else { "by hand" };
    let weight = heaviest(code).word();
    let _ = writeln!(page, "\n- **Weight**: {weight}. **Waiting**: {waiting}. **Fix**: {fix}.");
    let _ = writeln!(page, "- **See it**: {}", shown_by(code, scenarios));
    for document in long.documents.iter().filter_map(|id| catalog.document(id)) {
        let _ = writeln!(page, "- [{}]({})", document.title, document.url);
    }
}

fn list(page: &mut String, title: &str, items: &[String]) {
    let _ = writeln!(page, "\n{title}:\n");
    for item in items {
        let _ = writeln!(page, "- {}", text(item));
    }
}

/// The VPCs that show it with the least beside it.
fn shown_by(code: Code, scenarios: &[Scenario]) -> String {
    let mut shown: Vec<&Scenario> = scenarios
        .iter()
        .filter(|scenario| scenario.expect.codes.iter().any(|other| other == code.word()))
        .collect();
    shown.sort_by_key(|scenario| (scenario.expect.codes.len(), &scenario.name));
    assert!(!shown.is_empty(), "no scenario has {code}");
    let shown = shown.iter().take(2).map(|scenario| {
        format!("`tests/demo {}` (verdict: {})", scenario.name, scenario.expect.status)
    });
    format!("{}.", shown.collect::<Vec<_>>().join(", "))
}

fn scenarios() -> Vec<Scenario> {
    let folder = root().join("tests/scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let by_name: BTreeMap<_, _> =
        files.map(|path| (path.clone(), Scenario::load(path).unwrap())).collect();
    by_name.into_values().collect()
}

/// Plain text in Markdown: what it would take for its own is masked.
fn text(plain: &str) -> String {
    let mut masked = String::new();
    for c in plain.trim().chars() {
        if matches!(c, '*' | '_' | '<' | '[' | '`' | '\\' | '|') {
            masked.push('\\');
        }
        masked.push(c);
    }
    masked
}

/// What a heading is linked by.
fn anchor(heading: &str) -> String {
    crate::links::anchor(heading)
}
