//! Resolvers that are asked only when others fail, and do not answer either.

use std::net::IpAddr;

use super::finding::{Words, in_vain};
use super::host_view::HostView;
use super::{Code, Finding};
use crate::observation::{LookupAttempt, LookupOutcome};
use crate::status::Severity;
use crate::surroundings::Surroundings;

/// One finding for each configured resolver that no lookup got to and that answered nothing when it
/// was asked by itself.
pub(super) fn judge(surroundings: &Surroundings, views: &[HostView<'_>]) -> Vec<Finding> {
    let configured = surroundings.resolvers.value().into_iter().flat_map(|found| &found.servers);
    configured.filter_map(|server| of_server(server.address, views)).collect()
}

fn of_server(server: IpAddr, views: &[HostView<'_>]) -> Option<Finding> {
    let observed = || views.iter().filter_map(|view| view.observed);
    let looked_up = observed().flat_map(|seen| &seen.lookups).flat_map(|lookup| &lookup.attempts);
    let separately = observed().flat_map(|seen| &seen.separately).map(|answer| &answer.attempt);
    let is_asked = looked_up.into_iter().any(|attempt| attempt.server == server);
    let asked: Vec<&LookupAttempt> = separately.filter(|asked| asked.server == server).collect();
    let failed = |attempt: &&LookupAttempt| match attempt.outcome {
        LookupOutcome::TimedOut => Some(in_vain(attempt.elapsed_ms)),
        LookupOutcome::Unreachable { .. } | LookupOutcome::Refused => Some(attempt.outcome.words()),
        _ => None,
    };
    let what: Option<Vec<String>> = asked.iter().map(failed).collect();
    let first = what?.into_iter().next().filter(|_| !is_asked)?;
    Some(Finding::general(
        Code::DeadResolver,
        Severity::Info,
        Words::new(
            format!("{server}: {first}"),
            "Programs ask it only when the resolvers before it in /etc/resolv.conf fail, and then they get no answer from it either. Nothing waits for it now.",
            format!(
                "Mend {server}, or take it out of /etc/resolv.conf (DHCP options set of the VPC, or dnsServers of the task definition)."
            ),
        ),
    ))
}
