//! Explanations of findings.

use vpce_probes::catalog::{Catalog, Document};
use vpce_probes::error_text::KnownText;
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
    sources(&mut page, long.documents.iter().filter_map(|id| catalog.document(id)));
    page.into_text()
}

/// Where to read more.
pub(super) fn sources<'d>(page: &mut Page, documents: impl IntoIterator<Item = &'d Document>) {
    let mut documents = documents.into_iter().peekable();
    if documents.peek().is_some() {
        page.heading("Documents");
    }
    for document in documents {
        page.line(&format!("  {}", document.title));
        page.line(&format!("    {}", document.url));
    }
}

/// Every code with its title, and every error text.
pub(crate) fn explanation_list(known: &[KnownText]) -> String {
    let mut page = Page::new(Style::plain());
    for code in Code::ALL {
        page.line(&format!("{code}  {}", code.title()));
    }
    page.heading("Error texts (vpce-probe explain \"...\")");
    for text in known {
        page.wrapped(&format!("  {:30}  ", text.id), &text.title);
    }
    page.into_text()
}

pub(super) fn section(page: &mut Page, title: &str, items: &[String]) {
    page.heading(title);
    for item in items {
        page.wrapped("  - ", item);
    }
}
