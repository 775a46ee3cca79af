//! Explanations of findings.

use vpce_probes::catalog::Catalog;
use vpce_probes::explanation::Explanation;
use vpce_probes::findings::Code;

use super::page::Page;
use super::style::Style;

/// The long text about a code.
pub(crate) fn explanation(code: Code, long: &Explanation, catalog: &Catalog) -> String {
    let mut page = Page::new(Style::plain());
    page.line(&format!("{code}  {}", code.title()));
    page.line("");
    page.wrapped("", &long.meaning);
    section(&mut page, "What causes it", &long.causes);
    section(&mut page, "What to change", &long.change);
    if !long.check.is_empty() {
        page.heading("To look closer");
        for command in &long.check {
            page.line(&format!("  {command}"));
        }
    }
    let documents: Vec<_> = long.documents.iter().filter_map(|id| catalog.document(id)).collect();
    if !documents.is_empty() {
        page.heading("Documents");
        for document in documents {
            page.line(&format!("  {}", document.title));
            page.line(&format!("    {}", document.url));
        }
    }
    page.into_text()
}

/// Every code with its title.
pub(crate) fn code_list() -> String {
    let mut page = Page::new(Style::plain());
    for code in Code::ALL {
        page.line(&format!("{code}  {}", code.title()));
    }
    page.into_text()
}

fn section(page: &mut Page, title: &str, items: &[String]) {
    page.heading(title);
    for item in items {
        page.wrapped("  - ", item);
    }
}
