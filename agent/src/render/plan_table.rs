//! The plan as a table.

use std::fmt::Write;

use vpce_probes::catalog::EndpointKind;
use vpce_probes::plan::Plan;

use super::page::Page;
use super::reasons::grouped;
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
    for image in &plan.foreign_images {
        let what = format!(
            "{} {}: no endpoint of AWS leads to {}.",
            image.who, image.image, image.registry
        );
        page.wrapped("Note: ", &what);
    }
    for line in &plan.unread {
        page.wrapped("Note: ", &format!("{} could not be read: {}.", line.who, line.why));
    }
    let widest = plan.endpoints.iter().map(|endpoint| endpoint.title().len()).max();
    let columns = widest.unwrap_or_default().max(16);
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
        page.line(&format!("  {:columns$}  {need:11}  {kind:9}  {name}", endpoint.title()));
        for host in &endpoint.hosts {
            page.line(&format!("      {:11}  {host}", "host"));
        }
        for name in endpoint.private_dns.iter().filter(|name| !endpoint.hosts.contains(name)) {
            page.line(&format!("      {:11}  {name}", "private DNS"));
        }
        let mut groups = grouped(endpoint).into_iter().peekable();
        while let Some(group) = groups.next() {
            let reason = group.reason;
            let why = format!("{} ({})", reason.text, group.who());
            page.wrapped(&format!("      {:11}  ", "why"), &why);
            // Once for several reasons from the same document.
            let goes_on = groups.peek().is_some_and(|next| next.reason.source == reason.source);
            if let Some(document) = reason.source.as_ref().filter(|_| !goes_on) {
                page.line(&format!("      {:11}  {}", "source", document.url));
            }
        }
        if let Some(region) = &endpoint.region {
            page.wrapped(&format!("      {:11}  ", "note"), &way_to(region, endpoint.cross_region));
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

/// Source: AWS PrivateLink Guide, "Cross-Region enabled AWS services".
fn way_to(region: &str, cross_region: bool) -> String {
    if cross_region {
        format!(
            "Of {region}: a cross-Region endpoint in this VPC can lead there, a NAT gateway, or an endpoint in a VPC of that Region."
        )
    } else {
        format!(
            "Of {region}, for which AWS lists no cross-Region endpoint: a NAT gateway leads there, or an endpoint in a VPC of that Region."
        )
    }
}
