//! The plan as a table.

use std::fmt::Write;

use vpce_probes::catalog::EndpointKind;
use vpce_probes::plan::Plan;

use super::page::Page;
use super::style::Style;

/// The plan for a person.
pub(crate) fn plan_table(plan: &Plan) -> String {
    let mut page = Page::new(Style::plain());
    let region = plan.region.as_deref().unwrap_or("Region unknown");
    let profiles: Vec<_> = plan.profiles.iter().map(|profile| profile.word()).collect();
    let profile = if profiles.len() == 1 { "profile" } else { "profiles" };
    let mut title = format!("Endpoints needed in {region}, {profile} {}", profiles.join(", "));
    if !plan.features.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(title, ", features {}", plan.features.join(", "));
    }
    page.line(&(title + "."));
    if !plan.region_listed && plan.partition.is_some() {
        page.wrapped("Note: ", &format!("{region} is newer than this program, or misspelt."));
    }
    for note in &plan.notes {
        page.wrapped("Note: ", note);
    }
    let mut group = "";
    for endpoint in &plan.endpoints {
        if endpoint.group != group {
            group = &endpoint.group;
            page.heading(group);
        }
        let need = endpoint.need.word();
        let name = endpoint.endpoint_service_name.as_deref().unwrap_or("-");
        let kind = match endpoint.kind {
            Some(EndpointKind::Interface) => "interface",
            Some(EndpointKind::Gateway) => "gateway",
            None => "name",
        };
        page.line(&format!("  {:16}  {need:11}  {kind:9}  {name}", endpoint.title()));
        for host in &endpoint.hosts {
            page.line(&format!("      {:11}  {host}", "host"));
        }
        for name in endpoint.private_dns.iter().filter(|name| !endpoint.hosts.contains(name)) {
            page.line(&format!("      {:11}  {name}", "private DNS"));
        }
        for reason in &endpoint.reasons {
            let why = format!("{} ({})", reason.text, reason.who);
            page.wrapped(&format!("      {:11}  ", "why"), &why);
            if let Some(document) = &reason.source {
                page.line(&format!("      {:11}  {}", "source", document.url));
            }
        }
        for note in &endpoint.notes {
            page.wrapped(&format!("      {:11}  ", "note"), note);
        }
    }
    if let Some(checks) = &plan.egress_checks {
        page.heading("Connections that only tell whether there is another way out");
        if checks.is_empty() {
            page.line("  none: the partition has no other Region");
        }
        for check in checks {
            page.wrapped(&format!("  {}  ", check.host), &check.why);
        }
    }
    page.into_text()
}
