//! Explanations of findings.

use std::fmt::Write;

use vpce_probes::catalog::Catalog;
use vpce_probes::explanation::Explanation;
use vpce_probes::findings::Code;

use super::wrap::wrapped;

/// The long text about a code.
pub(crate) fn explanation(code: Code, long: &Explanation, catalog: &Catalog) -> String {
    let mut text = format!("{code}  {}\n\n", code.title());
    text.push_str(&wrapped("", &long.meaning));
    section(&mut text, "What causes it", &long.causes);
    section(&mut text, "What to change", &long.change);
    if !long.check.is_empty() {
        text.push_str("\nTo look closer\n");
        for command in &long.check {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {command}");
        }
    }
    let documents: Vec<_> = long.documents.iter().filter_map(|id| catalog.document(id)).collect();
    if !documents.is_empty() {
        text.push_str("\nDocuments\n");
        for document in documents {
            let _ = writeln!(text, "  {}\n    {}", document.title, document.url);
        }
    }
    text
}

/// Every code with its title.
pub(crate) fn code_list() -> String {
    let mut text = String::new();
    for code in Code::ALL {
        let _ = writeln!(text, "{code}  {}", code.title());
    }
    text
}

fn section(text: &mut String, title: &str, items: &[String]) {
    let _ = writeln!(text, "\n{title}");
    for item in items {
        text.push_str(&wrapped("  - ", item));
    }
}
