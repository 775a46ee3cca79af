//! What an error text means.

use vpce_probes::catalog::Document;
use vpce_probes::error_text::{
    HostKind, ImpliedService, Kind, Match, NamedHost, Part, TextExplanation,
};

use super::explain::{section, sources};
use super::human::Detail;
use super::page::Page;
use super::style::Style;

/// The short answer first, then each known text, then what stands in the text.
pub(super) fn human(explained: &TextExplanation, detail: Detail, style: Style) -> String {
    let mut page = Page::new(style);
    answer(explained, &mut page);
    if detail != Detail::Short {
        let is_long = explained.matches.iter().any(|found| found.line > 1);
        let how_it_failed = |line| {
            explained.matches.iter().any(|other| other.part == Part::Failure && other.line == line)
        };
        // Of what is no endpoint, a check finds nothing.
        let is_outside = !explained.hosts.is_empty() && explained.to_check().is_none();
        for found in &explained.matches {
            // How it failed says more than what can go wrong with what was tried.
            let in_full = detail == Detail::Verbose
                || found.part == Part::Failure
                || !how_it_failed(found.line);
            let finds = !is_outside || !matches!(found.kind, Kind::Network | Kind::Tls);
            let parts = Parts { in_full, with_line: is_long, finds };
            one(found, parts, &mut page);
        }
        seen(explained, &mut page);
        let mut documents: Vec<&Document> = Vec::new();
        for document in explained.matches.iter().flat_map(|found| &found.documents) {
            if !documents.contains(&document) {
                documents.push(document);
            }
        }
        sources(&mut page, documents);
    }
    page.into_text()
}

fn answer(explained: &TextExplanation, page: &mut Page) {
    let Some(answer) = &explained.answer else { return };
    match explained.services.as_slice() {
        [] => page.wrapped("Endpoint  ", &names(&explained.hosts)),
        [_] => page.wrapped("Endpoint  ", &services(&explained.services)),
        _ => page.wrapped("Endpoints ", &services(&explained.services)),
    }
    page.wrapped("Why       ", &answer.why);
    page.wrapped("Change    ", &answer.change);
    if let Some(command) = answer.check.as_ref().filter(|_| explained.report.is_none()) {
        page.wrapped("Check     ", command);
    }
}

/// The names of AWS, where the text implies no service that is known.
fn names(hosts: &[NamedHost]) -> String {
    let of_aws = hosts.iter().filter(|host| host.kind == HostKind::OtherService);
    let names: Vec<&str> = of_aws.map(|host| host.name.as_str()).collect();
    if names.is_empty() { "none is implied by this text".to_owned() } else { names.join(", ") }
}

/// `ecs, ecs-agent (us-east-1)`: the Region once, where it is the same.
fn services(implied: &[ImpliedService]) -> String {
    let mut words = String::new();
    for (number, one) in implied.iter().enumerate() {
        let next = implied.get(number + 1);
        words.push_str(&one.service);
        if let Some(region) =
            one.region.as_ref().filter(|_| next.is_none_or(|n| n.region != one.region))
        {
            words.push_str(&format!(" ({region})"));
        }
        if next.is_some() {
            words.push_str(", ");
        }
    }
    words
}

/// What is told of a known text.
#[derive(Clone, Copy)]
struct Parts {
    /// More than its meaning.
    in_full: bool,
    /// The line where it stands.
    with_line: bool,
    /// The findings of a check.
    finds: bool,
}

fn one(found: &Match, parts: Parts, page: &mut Page) {
    let line = if parts.with_line { format!(" (line {})", found.line) } else { String::new() };
    page.heading(&format!("{}  {}{line}", found.id, found.title));
    page.wrapped("", &found.meaning);
    if !parts.in_full {
        return;
    }
    section(page, "What causes it", &found.causes);
    section(page, "What to change", &found.change);
    if parts.finds && !found.codes.is_empty() {
        page.heading("What a check finds then (vpce-probe explain CODE)");
        for code in &found.codes {
            page.line(&format!("  {code}  {}", code.title()));
        }
    }
}

fn seen(explained: &TextExplanation, page: &mut Page) {
    let addresses: Vec<&str> = explained
        .addresses
        .iter()
        .chain(&explained.resolvers)
        .map(|address| address.meaning.as_str())
        .collect();
    if explained.hosts.is_empty() && addresses.is_empty() {
        return;
    }
    page.heading("Names and addresses in the text");
    for host in &explained.hosts {
        page.wrapped("  - ", &host_line(host));
    }
    for address in addresses {
        page.wrapped("  - ", address);
    }
}

fn host_line(host: &NamedHost) -> String {
    let mut parts = vec![host.name.clone()];
    if let Some(service) = host.service.as_ref().filter(|_| host.kind != HostKind::NotCovered) {
        parts.push(match &host.region {
            Some(region) => format!("{service} in {region}"),
            None => service.clone(),
        });
    }
    if !host.meaning.is_empty() {
        parts.push(host.meaning.clone());
    }
    parts.join(": ")
}
