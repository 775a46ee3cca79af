//! What `--verbose` adds: needs, questions to resolvers, certificates, and the sources of facts.

use std::fmt::Write;

use vpce_probes::catalog::Need;
use vpce_probes::observation::{HostObservation, LookupOutcome};
use vpce_probes::report::Report;
use vpce_probes::surroundings::Fact;

use super::style::Style;
use super::wrap::{wrapped, wrapped_at};

/// Everything that stands behind the checks.
pub(super) fn details(report: &Report, style: Style) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n{}", style.heading("Why these endpoints"));
    for endpoint in &report.plan.endpoints {
        for reason in &endpoint.reasons {
            let first =
                format!("  {:14}  {} by {}: ", endpoint.title(), need(reason.need), reason.who);
            text.push_str(&wrapped_at(18, &first, &reason.text));
        }
        for note in &endpoint.notes {
            let first = format!("  {:14}  Note: ", endpoint.title());
            text.push_str(&wrapped_at(18, &first, note));
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

fn need(need: Need) -> &'static str {
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
                LookupOutcome::Answered { ttl_ms, chain, .. } => {
                    let via = chain.iter().map(|name| format!(" via {name}")).collect::<String>();
                    format!(", TTL {:.0} s{via}", ttl_ms / 1000.0)
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
    let mut text = fact("place", &surroundings.launch_type, |kind| kind.description().to_owned());
    for (name, told) in [
        ("Region", &surroundings.region),
        ("account", &surroundings.account_id),
        ("VPC", &surroundings.vpc_id),
        ("DNS suffix", &surroundings.dns_suffix),
        ("Availability Zone", &surroundings.availability_zone),
        ("cluster", &surroundings.cluster),
        ("network mode", &surroundings.network_mode),
        ("log driver", &surroundings.log_driver),
    ] {
        text.push_str(&fact(name, told, String::clone));
    }
    text.push_str(&fact("VPC ranges", &surroundings.vpc_cidrs, |nets| joined(nets)));
    text.push_str(&fact("subnets", &surroundings.subnet_cidrs, |nets| joined(nets)));
    text.push_str(&fact("resolvers", &surroundings.resolvers, |resolvers| {
        let servers: Vec<_> = resolvers.servers.iter().map(|server| server.address).collect();
        joined(&servers)
    }));
    text.push_str(&fact("own addresses", &surroundings.interfaces, |interfaces| {
        let addresses: Vec<_> = interfaces.iter().flat_map(|one| one.addresses.clone()).collect();
        joined(&addresses)
    }));
    text.push_str(&fact("clock offset", &surroundings.clock_offset_s, |offset| {
        format!("{offset:.0} s")
    }));
    for (setting, value) in &surroundings.proxy.settings {
        text.push_str(&line("proxy setting", &format!("{setting}={value}")));
    }
    for source in &surroundings.sources {
        let trouble = source.troubles.iter().map(|trouble| format!("; {}", trouble.detail));
        let answered = if source.answered { "answered" } else { "told nothing" };
        let said = format!(
            "{}: {answered}, {:.1} ms{}",
            source.source,
            source.elapsed_ms,
            trouble.collect::<String>()
        );
        text.push_str(&line("asked", &said));
    }
    text
}

/// A fact with where it comes from, or why there is none.
fn fact<T>(name: &str, fact: &Fact<T>, words: impl Fn(&T) -> String) -> String {
    let said = match (fact.value(), fact.source(), fact.why_missing().first()) {
        (Some(value), Some(source), _) => format!("{} ({source})", words(value)),
        (_, _, Some(absence)) => format!("unknown: {}", absence.detail),
        _ => "unknown".to_owned(),
    };
    line(name, &said)
}

fn line(name: &str, said: &str) -> String {
    wrapped(&format!("  {name:17}  "), said)
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
