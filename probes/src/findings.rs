//! Judging what was seen. Pure: the same surroundings, plan and observations always give the same
//! findings.

mod address_rules;
mod clock_rules;
mod code;
mod dns_rules;
mod endpoint_check;
mod finding;
mod host_view;
mod set_rules;
mod surroundings_rules;
mod tcp_rules;
mod tls_rules;

pub use self::code::Code;
pub use self::endpoint_check::{AddressCheck, EndpointCheck};
pub use self::finding::Finding;

use self::clock_rules::Clock;
use self::host_view::HostView;
use crate::observation::Observations;
use crate::plan::Plan;
use crate::status::Status;
use crate::surroundings::Surroundings;

/// The judgement on one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The worst of the findings.
    pub status: Status,
    /// What a person should know, the gravest first.
    pub findings: Vec<Finding>,
    /// One entry for each host name of each endpoint, in the order of the plan.
    pub checks: Vec<EndpointCheck>,
}

/// Judges a run.
pub fn judge(surroundings: &Surroundings, plan: &Plan, observations: &Observations) -> Judgement {
    let views = HostView::of_plan(surroundings, plan, observations);
    let clock = Clock::new(surroundings, observations, &views);
    let mut findings = surroundings_rules::judge(surroundings, plan);
    findings.extend(dns_rules::judge_resolvers(surroundings, &views));
    findings.extend(clock_rules::judge(&clock, &views));
    findings.extend(endpoint_check::judge_unfinished(&views));
    for view in &views {
        findings.extend(dns_rules::judge(surroundings, view));
        findings.extend(address_rules::judge(surroundings, view));
        findings.extend(tcp_rules::judge(surroundings, view));
        findings.extend(tls_rules::judge(&clock, view));
    }
    findings.extend(set_rules::judge(&views));
    let checks = endpoint_check::checks(&views, &findings);
    let findings = finding::named(finding::merged_and_sorted(findings), plan);
    let status =
        findings.iter().fold(Status::Pass, |worst, finding| worst.worst(finding.severity.status()));
    Judgement { status, findings, checks }
}

#[cfg(test)]
mod tests;
