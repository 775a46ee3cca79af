//! Rules about name resolution.

use std::net::IpAddr;

use super::address_rules::{custom_resolvers, suffix};
use super::cause::{self, Cause};
use super::finding::{Words, in_vain};
use super::host_view::{HostView, list};
use super::{Code, Finding, pin_rules};
use crate::observation::{HostObservation, LookupAttempt, LookupOutcome};
use crate::status::Severity;
use crate::surroundings::{ResolverKind, Surroundings};

/// Rules about the resolvers themselves, over all names.
pub(super) fn judge_resolvers(surroundings: &Surroundings, views: &[HostView<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if surroundings.resolvers.value().is_none() && !views.is_empty() {
        findings.push(no_resolver(surroundings, views));
    }
    for server in failing_resolvers(views) {
        findings.push(dead_resolver(surroundings, server, views));
    }
    findings
}

fn no_resolver(surroundings: &Surroundings, views: &[HostView<'_>]) -> Finding {
    let why: Vec<_> =
        surroundings.resolvers.why_missing().iter().map(|why| why.detail.as_str()).collect();
    let unpinned =
        views.iter().filter(|view| view.observed.is_none_or(|observed| observed.pinned.is_empty()));
    let finding = Finding::general(
        Code::NoResolver,
        Severity::Fail,
        Words::new(
            why.join("; "),
            "No name can be resolved on this machine.",
            "Put the Amazon-provided resolver into /etc/resolv.conf: nameserver 169.254.169.253, or the base address of the VPC plus two. In a task, check dnsServers in the task definition.",
        ),
    );
    let (services, hosts) =
        unpinned.map(|view| (view.endpoint.service.clone(), view.host.to_owned())).unzip();
    Finding { services, hosts, ..finding }
}

/// Resolvers that failed although a later one answered.
fn failing_resolvers(views: &[HostView<'_>]) -> Vec<IpAddr> {
    let mut failing = Vec::new();
    let lookups = views.iter().filter_map(|view| view.observed).flat_map(|seen| &seen.lookups);
    for lookup in lookups {
        let Some((last, before)) = lookup.attempts.split_last() else { continue };
        let answered = !last.outcome.asks_the_next() && last.outcome != LookupOutcome::NotFinished;
        for attempt in before {
            if answered && !failing.contains(&attempt.server) {
                failing.push(attempt.server);
            }
        }
    }
    failing
}

fn dead_resolver(surroundings: &Surroundings, server: IpAddr, views: &[HostView<'_>]) -> Finding {
    let asked: Vec<&LookupAttempt> = views
        .iter()
        .filter_map(|view| view.observed)
        .flat_map(|seen| &seen.lookups)
        .flat_map(|lookup| &lookup.attempts)
        .filter(|attempt| attempt.server == server)
        .collect();
    let failed: Vec<_> = asked.iter().filter(|attempt| attempt.outcome.asks_the_next()).collect();
    let outcome = failed.first().map_or_else(String::new, |attempt| result(attempt));
    let words = if failed.len() == asked.len() {
        Words::new(
            format!("{server}: {outcome}"),
            format!(
                "Another resolver answers, but every lookup of every program on this machine asks this one before it and waits: {} when it is silent.",
                libc_wait(surroundings)
            ),
            format!(
                "Mend {server}, or take it out of /etc/resolv.conf (DHCP options set of the VPC, or dnsServers of the task definition)."
            ),
        )
    } else {
        Words::new(
            format!("{server}: {} of {} lookups failed, {outcome}", failed.len(), asked.len()),
            "The resolver answers some lookups and not others; the next resolver answered in its place. Packets get lost on the way, or it cannot resolve some names.",
            format!(
                "Check again. If it stays so, look at the load of {server} and at what lies between."
            ),
        )
    };
    Finding::general(Code::DeadResolver, Severity::Warn, words)
}

/// How long programs wait for one resolver.
fn libc_wait(surroundings: &Surroundings) -> String {
    match surroundings.resolvers.value().map(|settings| settings.timeout().as_secs()) {
        Some(1) => "1 second".to_owned(),
        Some(seconds) => format!("{seconds} seconds"),
        None => "5 seconds by default".to_owned(),
    }
}

/// Rules about one name.
pub(super) fn judge(surroundings: &Surroundings, view: &HostView<'_>) -> Vec<Finding> {
    let Some(observed) = view.observed else { return Vec::new() };
    let mut findings = Vec::new();
    if !observed.pinned.is_empty() {
        findings.push(pin_rules::judge(surroundings, view, observed));
    } else if observed.addresses.is_empty() {
        findings.extend(without_address(surroundings, view, observed));
    } else {
        findings.extend(one_family(view, observed));
    }
    findings
}

/// The name has no address at all: the outcome that explains it best.
fn without_address(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    observed: &HostObservation,
) -> Option<Finding> {
    let deciding = observed
        .lookups
        .iter()
        .find(|lookup| !lookup.outcome().is_some_and(LookupOutcome::is_without_data))
        .or(observed.lookups.first())?;
    let outcome = &deciding.attempts.last()?.outcome;
    let seen = said(&deciding.attempts);
    let words = |meaning: &str, change: &str| Words::new(seen.clone(), meaning, change);
    let cause = cause::of(surroundings, view);
    if let Cause::ToldBy(by, why) = cause {
        let code = match outcome {
            outcome if outcome.is_without_data() => Some(Code::NoAddress),
            LookupOutcome::NoSuchName => Some(Code::NoSuchName),
            LookupOutcome::ServerFailure => Some(Code::ServerFailure),
            _ => None,
        };
        if let Some(code) = code {
            let meaning = format!("The answer is not right: {why} ({by}).");
            let words = words(&meaning, &format!("Follow {by}."));
            return Some(Finding::of_host(view, code, Severity::Fail, words));
        }
    }
    // Not forwarding to the Amazon-provided resolver is the first thing to look at, unless that one
    // says the same.
    let custom = custom_resolvers(surroundings)
        .filter(|_| !matches!(cause, Cause::AmazonAgrees { knows_the_name: false, .. }));
    let forward = custom.map_or_else(String::new, |custom| {
        format!(
            "This machine asks {custom}, which is not the Amazon-provided resolver: forward {} to that one. ",
            suffix(surroundings)
        )
    });
    let forward_or = |change: &str| format!("{forward}{change}");
    let (code, words) = match outcome {
        outcome if outcome.is_without_data() => (
            Code::NoAddress,
            words(
                "The name exists, but has neither an IPv4 nor an IPv6 address. The usual cause is an endpoint without subnets, or a private hosted zone whose record is of another type.",
                "Give the endpoint at least one subnet, or correct the record in the private hosted zone.",
            ),
        ),
        LookupOutcome::Answered { .. } | LookupOutcome::NoData | LookupOutcome::NotFinished => {
            return None;
        }
        LookupOutcome::NoSuchName if view.endpoint.endpoint_service_name.is_none() => (
            Code::NoSuchName,
            words(
                "The resolver knows no such name.",
                &forward_or(
                    "Check the spelling, and that the zone which holds the name is associated with this VPC.",
                ),
            ),
        ),
        LookupOutcome::NoSuchName => (
            Code::NoSuchName,
            words(
                "The resolver knows no such name. The service does not exist in this Region, the Region is misspelt, or a private hosted zone made by hand hides the public name without holding this one.",
                &forward_or(
                    "Check the Region. Look for a private hosted zone of the Region's domain that is associated with this VPC, and add the name to it or remove the zone.",
                ),
            ),
        ),
        LookupOutcome::ServerFailure => (
            Code::ServerFailure,
            words(
                "The resolver cannot get an answer itself. A forwarding rule that leads nowhere is the usual cause.",
                &forward_or(
                    "Check the forwarding rules of this resolver (Route 53 Resolver rules, or the forwarders of a resolver of your own) for this domain.",
                ),
            ),
        ),
        LookupOutcome::Refused => (
            Code::ResolverRefuses,
            words(
                "The resolver does not serve this machine or this domain.",
                "Allow this machine's subnet in the resolver's access list, or use the Amazon-provided resolver.",
            ),
        ),
        LookupOutcome::TimedOut => (
            Code::ResolverTimeout,
            words(
                "No answer comes back: the resolver is down or slower than that, or packets to port 53 are dropped on the way.",
                if asks_amazon(surroundings, &deciding.attempts) {
                    "Check that enableDnsSupport of the VPC is on, and that this machine sends less than 1,024 packets a second to link-local addresses: the Amazon-provided resolver drops the rest. Security groups and network ACLs do not filter traffic to it, but a firewall on this machine may: UDP and TCP port 53 must be open. To wait longer, use --deadline."
                } else {
                    "Check that the resolver runs and that UDP and TCP port 53 to it are allowed (security groups, network ACLs, firewall). To wait longer, use --deadline."
                },
            ),
        ),
        LookupOutcome::LocalError { .. } => {
            let words = words(
                "This machine could not send the question. That says nothing about the resolver or the name.",
                "Mend what the system reports: open files (ulimit -n), memory, the security profile of the container.",
            );
            return Some(Finding::of_host(view, Code::ConnectBlocked, Severity::Unknown, words));
        }
        LookupOutcome::Unreachable { .. } => (
            Code::ResolverUnreachable,
            words(
                "This machine has no route to the resolver, or its port is closed.",
                "Check the address in /etc/resolv.conf, the route to it, and that the resolver runs.",
            ),
        ),
        LookupOutcome::OtherCode { .. }
        | LookupOutcome::Malformed { .. }
        | LookupOutcome::Unusable { .. } => (
            Code::AnswerUnusable,
            words(
                "What answers at this address is not a working DNS resolver, or something on the way changes its answers.",
                "Check what listens on port 53 of this address, or use the Amazon-provided resolver.",
            ),
        ),
    };
    Some(Finding::of_host(view, code, Severity::Fail, words))
}

/// `10.0.3.53, 10.0.4.53: no answer within 1.0 s`, grouped by result.
fn said(attempts: &[LookupAttempt]) -> String {
    let mut groups: Vec<(String, Vec<IpAddr>)> = Vec::new();
    for attempt in attempts {
        let words = result(attempt);
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, servers)) => servers.push(attempt.server),
            None => groups.push((words, vec![attempt.server])),
        }
    }
    let groups: Vec<_> =
        groups.iter().map(|(words, servers)| format!("{}: {words}", list(servers))).collect();
    groups.join("; ")
}

/// What came of asking one resolver, with how long it was waited for in vain.
fn result(attempt: &LookupAttempt) -> String {
    match attempt.outcome {
        LookupOutcome::TimedOut => in_vain(attempt.elapsed_ms),
        ref other => other.words(),
    }
}

/// Whether every resolver that was asked is the Amazon-provided one.
fn asks_amazon(surroundings: &Surroundings, attempts: &[LookupAttempt]) -> bool {
    let is_amazon = |attempt: &LookupAttempt| {
        surroundings.resolvers.value().is_some_and(|resolvers| {
            resolvers.servers.iter().any(|server| {
                server.address == attempt.server && server.kind == ResolverKind::Amazon
            })
        })
    };
    attempts.iter().all(is_amazon)
}

/// One family resolves, but lookups of the other fail, and programs wait for both.
fn one_family(view: &HostView<'_>, observed: &HostObservation) -> Option<Finding> {
    let failing = observed
        .lookups
        .iter()
        .find(|lookup| lookup.outcome().is_some_and(LookupOutcome::asks_the_next))?;
    let attempt = failing.attempts.last()?;
    Some(Finding::of_host(
        view,
        Code::OneFamilyFails,
        Severity::Warn,
        Words::new(
            format!("{} lookup at {}: {}", failing.record.word(), attempt.server, result(attempt)),
            "Programs ask for IPv4 and IPv6 addresses together and wait for both answers: each new connection is delayed, by 5 seconds or more when the resolver is silent.",
            "Mend the resolver, so that it also answers that a name has no address of a family (NODATA).",
        ),
    ))
}
