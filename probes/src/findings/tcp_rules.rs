//! Rules about connecting to port 443.

use std::net::IpAddr;

use super::advice::{compare, is_outside, let_pass};
use super::answers;
use super::finding::{ENDPOINTS, Words, in_vain};
use super::host_view::{AddressView, HostView, list};
use super::region_rules::leads_out;
use super::resolver_rules;
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::observation::TcpOutcome;
use crate::status::Severity;
use crate::surroundings::Surroundings;

pub(super) fn judge(surroundings: &Surroundings, view: &HostView<'_>) -> Vec<Finding> {
    // A public address where a private one belongs is the cause; what comes of it is in its text.
    if view.is_public() {
        return Vec::new();
    }
    let used = view.in_use();
    let usable: Vec<_> =
        used.iter().filter(|address| address.class != AddressClass::Unusable).collect();
    let dead: Vec<_> = usable.iter().filter(|address| is_dead(address)).copied().copied().collect();
    if dead.is_empty() {
        return Vec::new();
    }
    if dead.len() < usable.len() {
        return vec![some_dead(surroundings, view, &dead, usable.len())];
    }
    // The same for a name of another Region.
    if leads_out(surroundings, view) {
        return Vec::new();
    }
    let mut findings: Vec<Finding> = Vec::new();
    for address in &dead {
        let same: Vec<&AddressView<'_>> =
            dead.iter().filter(|other| code_of(other) == code_of(address)).copied().collect();
        let finding = all_dead(surroundings, view, code_of(address), &same);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// A reset is judged with those of the handshake: it is chance which of the two it interrupts.
fn is_dead(address: &AddressView<'_>) -> bool {
    !matches!(
        address.seen.tcp.outcome,
        TcpOutcome::Connected | TcpOutcome::NotFinished | TcpOutcome::Reset
    )
}

fn code_of(address: &AddressView<'_>) -> Code {
    match &address.seen.tcp.outcome {
        TcpOutcome::Refused => Code::ConnectRefused,
        TcpOutcome::Unreachable { .. } => Code::ConnectUnreachable,
        TcpOutcome::NotPermitted { .. } | TcpOutcome::LocalError { .. } => Code::ConnectBlocked,
        TcpOutcome::TimedOut
        | TcpOutcome::Connected
        | TcpOutcome::NotFinished
        | TcpOutcome::Reset => {
            if address.class.is_private() {
                Code::ConnectTimeout
            } else {
                Code::NoWayOut
            }
        }
    }
}

fn all_dead(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    code: Code,
    dead: &[&AddressView<'_>],
) -> Finding {
    let words = |meaning: &str, change: String| Words::new(seen(dead), meaning, change);
    let words = match code {
        Code::ConnectRefused => words(
            "The address answers, but nothing listens on port 443: it is not, or no longer, that of the service. A security group does not refuse, it drops.",
            format!("{} Correct the private hosted zone or the hosts file that gives it.", compare(view)),
        ),
        Code::ConnectUnreachable if lacks_family(surroundings, dead) => words(
            "This machine has no address of that family, and the endpoint has no others.",
            format!("Set the IP address type and the DNS record type of the {ENDPOINTS} to dualstack, in subnets that have both families."),
        ),
        Code::ConnectUnreachable => words(
            "This machine or a router has no route to the address, or a rule on the way rejects the connection.",
            "Check the route table of this subnet (peering or transit gateway, if the address is in another VPC), and firewall rules of this machine.".to_owned(),
        ),
        Code::ConnectBlocked if dead.iter().all(|address| is_local_error(address)) => {
            let words = words(
                "This machine could not make the connection. That says nothing about the endpoint.",
                "Mend what the system reports: open files (ulimit -n), memory, the security profile of the container.".to_owned(),
            );
            return Finding::of_host(view, code, Severity::Unknown, words);
        }
        Code::ConnectBlocked => words(
            "The system does not let this program make the connection.",
            "Check the firewall rules of this machine, and the security profile and capabilities of the container.".to_owned(),
        ),
        Code::NoWayOut => no_way_out(surroundings, view, seen(dead)),
        _ if dead.iter().all(|address| address.class == AddressClass::PrivateElsewhere) =>
        {
            words(
                "The address is private, but outside this VPC, and no answer comes back: no route leads there or back, a security group or network ACL drops the connection, or the endpoint is gone.",
                format!("Check that the address still belongs to the {ENDPOINTS}, and the routes in both VPCs (peering, transit gateway). {}", let_pass(surroundings, view)),
            )
        }
        // Which of the addresses are those of the endpoint comes before the way to them.
        _ if resolvers_disagree(surroundings, view) => words(
            "The address is private, and no answer comes back. Another resolver has other addresses for the name (VPCE021), so it may be the address of an endpoint that is gone, or of another machine. If it is that of the endpoint, its security group or a network ACL drops the connection.",
            format!("Follow VPCE021 first. If the address is right: {}", let_pass(surroundings, view)),
        ),
        _ => words(
            "The address is private, and no answer comes back. The security group of the endpoint, or a network ACL, drops the connection.",
            let_pass(surroundings, view),
        ),
    };
    if dead.iter().any(|address| waited_too_briefly(address)) {
        let meaning = format!("{} {TOO_BRIEF}", words.meaning);
        return Finding::of_host(view, code, Severity::Unknown, Words { meaning, ..words });
    }
    Finding::of_host(view, code, Severity::Fail, words)
}

fn resolvers_disagree(surroundings: &Surroundings, view: &HostView<'_>) -> bool {
    let answers = answers::of_host(surroundings, view);
    resolver_rules::difference(view, &answers) == Some(Code::ResolversDisagree)
}

fn no_way_out(surroundings: &Surroundings, view: &HostView<'_>, seen: String) -> Words {
    let meaning = match (
        view.endpoint.expectation,
        view.endpoint.label.as_deref() == Some("layers"),
    ) {
        (Expectation::Gateway, true) => {
            "The public address is right for Amazon S3, but there is no way to it: the route table of this subnet has no gateway endpoint for S3, or the security group does not let traffic to it out. Image layers cannot be pulled."
        }
        (Expectation::Gateway, false) => {
            "The public address is right for Amazon S3, but there is no way to it: the route table of this subnet has no gateway endpoint for S3, or the security group does not let traffic to it out."
        }
        _ if is_outside(surroundings) => {
            "The address is public, as it should be here, and no answer comes back: a firewall between this machine and AWS drops the connection."
        }
        _ => {
            "The address is public, and no answer comes back: this subnet has no way out, or a rule drops the connection."
        }
    };
    Words::new(seen, meaning, let_pass(surroundings, view))
}

fn some_dead(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    dead: &[&AddressView<'_>],
    all: usize,
) -> Finding {
    Finding::of_host(
        view,
        Code::SomeAddressesDead,
        Severity::Warn,
        Words::new(
            format!("{} of {all} addresses: {}", dead.len(), seen(dead)),
            "The resolver gives these addresses in turn, so some connections fail: those of a whole Availability Zone, or now and then.",
            if dead.iter().all(|address| address.seen.tcp.outcome == TcpOutcome::TimedOut) {
                let_pass(surroundings, view)
            } else {
                format!("{} Then look for what stands between this machine and it.", compare(view))
            },
        ),
    )
}

/// Linux repeats a SYN that got lost after a second: silence before that may be one lost packet.
pub(super) fn waited_too_briefly(address: &AddressView<'_>) -> bool {
    address.seen.tcp.outcome == TcpOutcome::TimedOut && address.seen.tcp.elapsed_ms < LOST_PACKET_MS
}

pub(super) const LOST_PACKET_MS: f64 = 1000.0;

pub(super) const TOO_BRIEF: &str = "The wait was too short to be sure, as one lost packet looks the same: give more time with --deadline.";

/// Whether an address that cannot be reached may be well all the same.
pub(super) fn says_nothing_for_sure(address: &AddressView<'_>) -> bool {
    waited_too_briefly(address) || is_local_error(address)
}

fn is_local_error(address: &AddressView<'_>) -> bool {
    matches!(address.seen.tcp.outcome, TcpOutcome::LocalError { .. })
}

/// Whether this machine has no address of the family that all these addresses have.
fn lacks_family(surroundings: &Surroundings, dead: &[&AddressView<'_>]) -> bool {
    dead.iter().all(|address| surroundings.has_family_of(address.address) == Some(false))
}

/// `10.0.1.5: no answer within 1500 ms, 10.0.2.5: connection refused`, grouped by result.
pub(super) fn seen(dead: &[&AddressView<'_>]) -> String {
    let mut groups: Vec<(String, Vec<IpAddr>)> = Vec::new();
    for address in dead {
        let words = match &address.seen.tcp.outcome {
            TcpOutcome::TimedOut => in_vain(address.seen.tcp.elapsed_ms),
            other => other.words(),
        };
        match groups.iter_mut().find(|(known, _)| *known == words) {
            Some((_, addresses)) => addresses.push(address.address),
            None => groups.push((words, vec![address.address])),
        }
    }
    groups
        .iter()
        .map(|(words, addresses)| format!("{}: {words}", list(addresses)))
        .collect::<Vec<_>>()
        .join(", ")
}
