//! What `--verbose` adds: needs, questions to resolvers, certificates, and the sources of facts.

use std::fmt::Write;

use vpce_probes::observation::{HostObservation, LookupOutcome};
use vpce_probes::report::Report;

use super::style::Style;
use super::wrap::wrapped;

/// Everything that stands behind the checks.
pub(super) fn details(report: &Report, style: Style) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{}", style.heading("Why these endpoints"));
    for endpoint in &report.plan.endpoints {
        for reason in &endpoint.reasons {
            let first =
                format!("  {:14}  {} by {}: ", endpoint.title(), need(reason.need), reason.who);
            text.push_str(&wrapped(&first, &reason.text));
        }
        for note in &endpoint.notes {
            text.push_str(&wrapped(&format!("  {:14}  Note: ", endpoint.title()), note));
        }
    }
    let _ = writeln!(text, "\n{}", style.heading("What was seen"));
    for host in &report.observations.hosts {
        text.push_str(&seen(host));
    }
    let _ = writeln!(text, "\n{}", style.heading("Where the facts come from"));
    text.push_str(&facts(report));
    text
}

fn need(need: vpce_probes::catalog::Need) -> &'static str {
    use vpce_probes::catalog::Need;
    match need {
        Need::Required => "required",
        Need::Recommended => "recommended",
        Need::Optional => "optional",
    }
}

fn seen(host: &HostObservation) -> String {
    let mut text = format!("  {}\n", host.host);
    for lookup in &host.lookups {
        for attempt in &lookup.attempts {
            let ttl = match &attempt.outcome {
                LookupOutcome::Answered { ttl_s, chain, .. } => {
                    let via = chain.iter().map(|name| format!(" via {name}")).collect::<String>();
                    format!(", TTL {ttl_s} s{via}")
                }
                _ => String::new(),
            };
            let _ = writeln!(
                text,
                "    {:4} at {}: {}{ttl}, {:.1} ms",
                lookup.record.word(),
                attempt.server,
                attempt.outcome.words(),
                attempt.elapsed_ms,
            );
        }
    }
    for address in &host.addresses {
        let _ = write!(
            text,
            "    {} TCP {} {:.1} ms",
            address.address,
            address.tcp.outcome.words(),
            address.tcp.elapsed_ms,
        );
        if let Some(tls) = &address.tls {
            let version = tls.version.as_deref().unwrap_or("TLS");
            let _ = write!(text, ", {version} {} {:.1} ms", tls.outcome.words(), tls.elapsed_ms);
        }
        text.push('\n');
        if let Some(leaf) = address.tls.as_ref().and_then(|tls| tls.chain.first()) {
            let _ = writeln!(
                text,
                "      certificate {}, issued by {}, valid {} to {}",
                leaf.names.first().unwrap_or(&leaf.subject),
                leaf.issuer,
                leaf.not_before,
                leaf.not_after,
            );
        }
    }
    text
}

fn facts(report: &Report) -> String {
    let surroundings = &report.surroundings;
    let mut text = String::new();
    let named = [
        ("Region", &surroundings.region),
        ("account", &surroundings.account_id),
        ("VPC", &surroundings.vpc_id),
        ("DNS suffix", &surroundings.dns_suffix),
        ("Availability Zone", &surroundings.availability_zone),
        ("cluster", &surroundings.cluster),
        ("network mode", &surroundings.network_mode),
        ("log driver", &surroundings.log_driver),
    ];
    for (name, fact) in named {
        let said = match (fact.value(), fact.source(), fact.why_missing().first()) {
            (Some(value), Some(source), _) => format!("{value} ({source})"),
            (_, _, Some(absence)) => format!("unknown: {}", absence.detail),
            _ => "unknown".to_owned(),
        };
        text.push_str(&wrapped(&format!("  {name:17}  "), &said));
    }
    if let Some(resolvers) = surroundings.resolvers.value() {
        let servers: Vec<_> = resolvers.servers.iter().map(|s| s.address.to_string()).collect();
        let _ = writeln!(text, "  {:17}  {}", "resolvers", servers.join(", "));
    }
    for (setting, value) in &surroundings.proxy.settings {
        let _ = writeln!(text, "  {:17}  {setting}={value}", "proxy setting");
    }
    for source in &surroundings.sources {
        let answered = if source.answered { "answered" } else { "did not help" };
        let _ = writeln!(
            text,
            "  {:17}  {}: {answered}, {:.1} ms",
            "asked", source.source, source.elapsed_ms
        );
    }
    text
}
