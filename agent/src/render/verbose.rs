//! What `--verbose` adds: needs, questions to resolvers, certificates, and the sources of facts.

use std::fmt::Write;

use vpce_probes::observation::{
    AddressObservation, HostObservation, LookupAttempt, LookupOutcome, Record,
};
use vpce_probes::report::Report;
use vpce_probes::surroundings::Fact;

use super::page::Page;
use super::proxies;
use super::reasons::grouped;

/// Everything that stands behind the checks.
pub(super) fn details(report: &Report, page: &mut Page) {
    page.heading("Why these endpoints");
    for endpoint in &report.plan.endpoints {
        for group in grouped(endpoint) {
            let (need, text) = (group.reason.need.word(), &group.reason.text);
            let first = format!("  {:14}  {need} by ", endpoint.title());
            page.wrapped_at(18, &first, &format!("{}: {text}", group.who()));
        }
        for note in &endpoint.notes {
            let first = format!("  {:14}  Note: ", endpoint.title());
            page.wrapped_at(18, &first, note);
        }
    }
    for note in &report.plan.notes {
        page.wrapped("  Note: ", note);
    }
    page.heading("What was seen");
    for host in &report.observations.hosts {
        seen(host, page);
    }
    for side in &report.observations.side_names {
        page.line(&format!("  {} (asked for comparison)", side.host));
        for attempt in &side.lookup.attempts {
            answer(side.lookup.record, attempt, "", page);
        }
    }
    let paths: Vec<_> = report
        .checks
        .iter()
        .filter_map(|check| Some((check.host.as_str(), check.path.as_ref()?)))
        .collect();
    if !paths.is_empty() {
        page.heading("Which way Amazon S3 is reached");
    }
    for (host, path) in paths {
        let way = path.words().unwrap_or_else(|| "unknown".to_owned());
        page.wrapped_at(4, &format!("  {host}: "), &format!("{way}: {}.", path.why));
    }
    proxies::table(&report.proxies, page);
    page.heading("Where the facts come from");
    facts(report, page);
}

fn seen(host: &HostObservation, page: &mut Page) {
    page.line(&format!("  {}", host.host));
    for lookup in &host.lookups {
        for attempt in &lookup.attempts {
            answer(lookup.record, attempt, "", page);
        }
    }
    for other in &host.separately {
        answer(other.record, &other.attempt, " (asked by itself)", page);
    }
    for address in &host.addresses {
        page.line(&connection(address));
        if let Some(leaf) = address.tls.as_ref().and_then(|tls| tls.chain.first()) {
            page.line(&format!(
                "      certificate {}, issued by {}, valid {} to {}",
                leaf.names.first().unwrap_or(&leaf.subject),
                leaf.issuer,
                leaf.not_before,
                leaf.not_after,
            ));
        }
    }
}

/// One connection, and what it took to get it.
fn connection(address: &AddressObservation) -> String {
    let tcp = &address.tcp;
    let mut line =
        format!("    {} TCP {} {:.1} ms", address.address, tcp.outcome.words(), tcp.elapsed_ms);
    if let Some(attempts) = tcp.attempts {
        // Writing to a String cannot fail.
        let _ = write!(line, " ({attempts} attempts)");
    }
    if let Some(tls) = &address.tls {
        let version = tls.version.as_deref().unwrap_or("TLS");
        let _ = write!(line, ", {version} {} {:.1} ms", tls.outcome.words(), tls.elapsed_ms);
    }
    line
}

fn answer(record: Record, attempt: &LookupAttempt, asked: &str, page: &mut Page) {
    let ttl = match &attempt.outcome {
        LookupOutcome::Answered { ttl_ms, chain, .. } => {
            let via = chain.iter().map(|name| format!(" via {name}")).collect::<String>();
            format!(", TTL {:.0} s{via}", ttl_ms / 1000.0)
        }
        _ => String::new(),
    };
    page.line(&format!(
        "    {:4} at {}{asked}: {}{ttl}, {:.1} ms",
        record.word(),
        attempt.server,
        attempt.outcome.words(),
        attempt.elapsed_ms,
    ));
}

fn facts(report: &Report, page: &mut Page) {
    let surroundings = &report.surroundings;
    fact(page, "place", &surroundings.launch_type, |kind| kind.description().to_owned());
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
        fact(page, name, told, String::clone);
    }
    fact(page, "platform version", &surroundings.platform_version, String::clone);
    fact(page, "containers", &surroundings.task_containers, |containers| {
        let names: Vec<_> = containers.iter().map(|container| container.name.as_str()).collect();
        joined(&names)
    });
    fact(page, "VPC ranges", &surroundings.vpc_cidrs, |nets| joined(nets));
    fact(page, "subnets", &surroundings.subnet_cidrs, |nets| joined(nets));
    fact(page, "resolvers", &surroundings.resolvers, |resolvers| {
        let servers: Vec<_> = resolvers.servers.iter().map(|server| server.address).collect();
        joined(&servers)
    });
    fact(page, "own addresses", &surroundings.interfaces, |interfaces| {
        let addresses: Vec<_> = interfaces.iter().flat_map(|one| one.addresses.clone()).collect();
        joined(&addresses)
    });
    fact(page, "clock offset", &surroundings.clock_offset_ms, |offset| {
        format!("{:.0} s", offset / 1000.0)
    });
    for (setting, value) in &surroundings.proxy.settings {
        line(page, "proxy setting", &format!("{setting}={value}"));
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
        line(page, "asked", &said);
    }
}

/// A fact with where it comes from, or why there is none.
fn fact<T>(page: &mut Page, name: &str, fact: &Fact<T>, words: impl Fn(&T) -> String) {
    let said = match (fact.value(), fact.source(), fact.why_missing().first()) {
        (Some(value), Some(source), _) => format!("{} ({source})", words(value)),
        (_, _, Some(absence)) => format!("unknown: {}", absence.detail),
        _ => "unknown".to_owned(),
    };
    line(page, name, &said);
}

fn line(page: &mut Page, name: &str, said: &str) {
    page.wrapped(&format!("  {name:17}  "), said);
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_tells_how_often_it_was_tried_only_where_that_was_more_than_once() {
        let line = |attempts: &str| {
            let text = format!(
                r#"{{"address":"10.0.1.101","tcp":{{"outcome":"connected","elapsed_ms":302{attempts}}}}}"#
            );
            connection(&serde_json::from_str(&text).unwrap())
        };
        assert_eq!(line(""), "    10.0.1.101 TCP connected 302.0 ms");
        assert_eq!(line(r#","attempts":2"#), "    10.0.1.101 TCP connected 302.0 ms (2 attempts)");
    }
}
