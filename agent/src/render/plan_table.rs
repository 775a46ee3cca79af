//! The plan as a table.

use std::fmt::Write;

use vpce_probes::catalog::Need;
use vpce_probes::plan::Plan;

use super::wrap::wrapped;

/// The plan for a person.
pub(crate) fn plan_table(plan: &Plan) -> String {
    let mut text = String::new();
    let region = plan.region.as_deref().unwrap_or("Region unknown");
    let profiles: Vec<_> = plan.profiles.iter().map(|profile| profile.word()).collect();
    let profile = if profiles.len() == 1 { "profile" } else { "profiles" };
    // Writing to a String cannot fail.
    let _ = write!(text, "Endpoints needed in {region}, {profile} {}", profiles.join(", "));
    if !plan.features.is_empty() {
        let _ = write!(text, ", features {}", plan.features.join(", "));
    }
    text.push_str(".\n");
    if !plan.region_listed && plan.partition.is_some() {
        let note = format!("{region} is newer than this program, or misspelt.");
        text.push_str(&wrapped("Note: ", &note));
    }
    let mut group = "";
    for endpoint in &plan.endpoints {
        if endpoint.group != group {
            group = &endpoint.group;
            let _ = writeln!(text, "\n{group}");
        }
        let need = match endpoint.need {
            Need::Required => "required",
            Need::Recommended => "recommended",
            Need::Optional => "optional",
        };
        let name = endpoint.endpoint_service_name.as_deref().unwrap_or("-");
        let _ = writeln!(text, "  {:16}  {need:11}  {name}", endpoint.title());
        for host in &endpoint.hosts {
            let _ = writeln!(text, "      {:8}  {host}", "host");
        }
        for name in endpoint.private_dns.iter().filter(|name| !endpoint.hosts.contains(name)) {
            let _ = writeln!(text, "      {:8}  {name}", "owns");
        }
        for reason in &endpoint.reasons {
            text.push_str(&wrapped(
                &format!("      {:8}  ", "why"),
                &format!("{} ({})", reason.text, reason.who),
            ));
            if let Some(document) = &reason.source {
                let _ = writeln!(text, "      {:8}  {}", "source", document.url);
            }
        }
        for note in &endpoint.notes {
            text.push_str(&wrapped(&format!("      {:8}  ", "note"), note));
        }
    }
    text
}
