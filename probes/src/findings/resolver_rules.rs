//! Rules about resolvers that do not say the same of a name.

use std::net::{IpAddr, Ipv4Addr};

use super::address_rules::suffix;
use super::answers::{self, Answer, Says};
use super::finding::{ENDPOINTS, Words};
use super::host_view::{HostView, list};
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::status::Severity;
use crate::surroundings::{ResolverKind, Surroundings};

/// The stub resolver of systemd (systemd-resolved.service(8)).
const SYSTEMD_STUBS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53)), IpAddr::V4(Ipv4Addr::new(127, 0, 0, 54))];

/// The resolver that Docker puts into containers of its own networks.
/// Source: Docker documentation, "Networking overview", "DNS services".
const DOCKER_STUB: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 11));

/// One finding for all names about which the same resolvers differ. The answers are shown for the
/// first name only, so that a long list does not hide them.
pub(super) fn judge(surroundings: &Surroundings, views: &[HostView<'_>]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for finding in views.iter().filter_map(|view| of_host(surroundings, view)) {
        let same = findings.iter_mut().find(|other| {
            (other.code, other.severity) == (finding.code, finding.severity)
                && other.meaning == finding.meaning
                && other.change == finding.change
        });
        let Some(same) = same else {
            findings.push(finding);
            continue;
        };
        add(&mut same.hosts, finding.hosts);
        add(&mut same.services, finding.services);
    }
    for finding in &mut findings {
        match finding.hosts.len().saturating_sub(1) {
            0 => {}
            1 => finding.seen.push_str("; and they differ about another name too"),
            more => {
                finding.seen.push_str(&format!("; and they differ about {more} other names too"));
            }
        }
    }
    findings
}

fn add(to: &mut Vec<String>, from: Vec<String>) {
    for item in from {
        if !to.contains(&item) {
            to.push(item);
        }
    }
}

/// In what the resolvers differ about a name, if in anything that matters.
pub(super) fn difference(view: &HostView<'_>, answers: &[Answer]) -> Option<Code> {
    let (client, others) = answers.split_first()?;
    if view.endpoint.expectation != Expectation::Private {
        return None;
    }
    let amazon = answers::of_amazon(answers);
    let is_not_forwarded = matches!(client.says, Says::Public | Says::Nothing | Says::Failure)
        && amazon.is_some_and(|amazon| amazon.says == Says::Private);
    if is_not_forwarded {
        return Some(Code::NotForwarded);
    }
    others
        .iter()
        .any(|other| differ(client, other) || are_elsewhere(view, client, other))
        .then_some(Code::ResolversDisagree)
}

/// Whether one has private addresses only, and the other has not. What a resolver says that no
/// program here asks is its own affair.
fn differ(client: &Answer, other: &Answer) -> bool {
    other.is_configured
        && client.says.is_answer()
        && other.says.is_answer()
        && (client.says == Says::Private) != (other.says == Says::Private)
}

/// Whether both have private addresses, but not those of the same endpoint. Answers that have no
/// address in common may still be of the same one: each may hold the zones that were healthy when it
/// was given. So they must lie in other networks, or what the client gets must not work.
fn are_elsewhere(view: &HostView<'_>, client: &Answer, other: &Answer) -> bool {
    let is_private = client.says == Says::Private && other.says == Says::Private;
    let of_both = |a: &Answer, b: &Answer| {
        a.addresses.iter().any(|(address, _)| b.addresses.iter().any(|(same, _)| same == address))
    };
    // An answer of one family only says nothing about the other.
    let is_comparable = client.addresses.iter().any(|(address, _)| {
        other.addresses.iter().any(|(same, _)| same.is_ipv4() == address.is_ipv4())
    });
    if !is_private || !is_comparable || of_both(client, other) {
        return false;
    }
    let is_here = |class| matches!(class, AddressClass::InSubnet | AddressClass::InVpc);
    let is_there = |class| class == AddressClass::PrivateElsewhere;
    let is_apart = |a: &Answer, b: &Answer| {
        a.addresses.iter().all(|(_, class)| is_here(*class)) && b.has(is_there) && !b.has(is_here)
    };
    let works = view.addresses.iter().any(|address| address.works());
    is_apart(client, other) || is_apart(other, client) || !works
}

fn of_host(surroundings: &Surroundings, view: &HostView<'_>) -> Option<Finding> {
    let answers = answers::of_host(surroundings, view);
    let code = difference(view, &answers)?;
    let said: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.says.is_answer() || answer.says == Says::Failure)
        .collect();
    let seen: Vec<_> =
        said.iter().map(|answer| format!("{}: {}", answer.server, answer.words())).collect();
    let seen = seen.join("; ");
    let (severity, words) = match code {
        Code::NotForwarded => not_forwarded(surroundings, view, &said, seen)?,
        _ => (Severity::Warn, disagree(surroundings, view, &said, seen)),
    };
    let change = words.change.clone();
    // What a pinned name leads to is told by itself; this is about the resolvers.
    let finding = Finding::of_host(view, code, severity, words);
    Some(Finding { change, ..finding })
}

fn not_forwarded(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    said: &[&Answer],
    seen: String,
) -> Option<(Severity, Words)> {
    let amazon = said
        .iter()
        .find(|answer| answer.kind == ResolverKind::Amazon && answer.says == Says::Private)?;
    let others = not_private(said);
    let severity = if view.is_pinned_away() { Severity::Warn } else { Severity::Fail };
    let mut change = forwarding(&others, &domain(surroundings, view), Some(amazon.server));
    if others.iter().any(|other| other.kind == ResolverKind::Other) {
        change.push_str(" Or let this machine ask the Amazon-provided resolver and no other (DHCP options set of the VPC; in a task, dnsServers of the task definition).");
    }
    // What a hosts file leads to may be one of them.
    let is_tried = amazon
        .addresses
        .iter()
        .any(|(known, _)| view.addresses.iter().any(|tried| tried.address == *known));
    let untried = if is_tried { "" } else { ", which were not connected to" };
    let words = Words::new(
        seen,
        format!(
            "The Amazon-provided resolver, asked for comparison, has private addresses for the name{untried}. The resolver that programs here get their answer from has not: it does not pass the question on to that one, or holds an answer from before."
        ),
        change,
    );
    Some((severity, words))
}

fn disagree(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    said: &[&Answer],
    seen: String,
) -> Words {
    let others = not_private(said);
    if others.is_empty() {
        let first = said.first().map_or_else(String::new, |answer| answer.server.to_string());
        return Words::new(
            seen,
            format!(
                "Each of these resolvers has private addresses for the name, and they have not one in common: most likely they are not those of the same endpoint. A record made by hand, or forwarding to another VPC, is the usual cause. Programs here use what {first} says."
            ),
            format!(
                "Find out which of these addresses are those of the {ENDPOINTS}, and correct the record or the forwarding of the resolver that says otherwise."
            ),
        );
    }
    let of_amazon = said.iter().find(|answer| answer.kind == ResolverKind::Amazon);
    let amazon = of_amazon.filter(|answer| answer.says == Says::Private);
    let alone = others.iter().all(|answer| answer.kind == ResolverKind::Amazon);
    let change = if alone {
        format!(
            "The Amazon-provided resolver knows no private addresses for the name: create the {ENDPOINTS} in this VPC with private DNS names enabled, or associate the private hosted zone that holds the name with this VPC."
        )
    } else {
        format!(
            "{} Or take what does not know them out of /etc/resolv.conf (DHCP options set of the VPC; in a task, dnsServers of the task definition).",
            forwarding(&others, &domain(surroundings, view), amazon.map(|answer| answer.server)),
        )
    };
    Words::new(
        seen,
        "Which of them a program gets is chance: most ask the first resolver and take another when it is late or silent; some ask all. So a connection goes through the endpoint one time and past it, or nowhere, the next.",
        change,
    )
}

/// Those that have no private addresses, or public ones beside them.
fn not_private<'a>(said: &[&'a Answer]) -> Vec<&'a Answer> {
    said.iter().filter(|one| one.is_configured && one.says != Says::Private).copied().collect()
}

/// How to make resolvers pass questions on to the Amazon-provided one.
fn forwarding(resolvers: &[&Answer], domain: &str, amazon: Option<IpAddr>) -> String {
    let mut steps = Vec::new();
    let of_kind = |is_of: fn(&Answer) -> bool| -> Vec<&IpAddr> {
        resolvers.iter().filter(|one| is_of(one)).map(|one| &one.server).collect()
    };
    let target = match amazon {
        Some(address) => format!("{address}, which answered here"),
        None => "the Amazon-provided resolver, 169.254.169.253".to_owned(),
    };
    let custom = of_kind(|one| one.kind == ResolverKind::Other);
    if !custom.is_empty() {
        steps.push(format!(
            "In {}, add a conditional forwarder for {domain} to {target}. That address works from inside this VPC only: a resolver elsewhere must forward to a Route 53 Resolver inbound endpoint of this VPC.",
            list(custom)
        ));
    }
    for stub in of_kind(|one| one.kind == ResolverKind::Stub) {
        steps.push(if SYSTEMD_STUBS.contains(stub) {
            format!(
                "{stub} is the stub of systemd-resolved, which passes questions on: resolvectl status shows to which resolvers. Change those to {target}, or add a conditional forwarder for {domain} to them."
            )
        } else if *stub == DOCKER_STUB {
            format!(
                "{stub} is the stub of Docker, which passes questions on to the resolvers that the container was given: dnsServers of the task definition, dns in /etc/docker/daemon.json, or those of the host. Change those to {target}, or add a conditional forwarder for {domain} to them."
            )
        } else {
            format!(
                "{stub} is a resolver on this machine: let it pass questions for {domain} on to {target}."
            )
        });
    }
    steps.join(" ")
}

/// What to forward: the domain that all AWS names of this kind are in.
fn domain(surroundings: &Surroundings, view: &HostView<'_>) -> String {
    let suffix = suffix(surroundings);
    if view.endpoint.endpoint_service_name.is_none() {
        return view.host.to_owned();
    }
    let is_below = view.host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'));
    let after_region = surroundings
        .region
        .value()
        .and_then(|region| view.host.split_once(&format!(".{region}.")))
        .map(|(_, after)| after);
    if is_below { suffix } else { after_region.unwrap_or(view.host) }.to_owned()
}

#[cfg(test)]
mod tests;
