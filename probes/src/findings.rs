//! Judging what was seen. Pure: the same surroundings, plan and observations always give the same
//! findings.

mod address_rules;
mod advice;
mod answers;
mod cause;
mod certificate_end;
mod certificate_owner;
mod clock_rules;
mod code;
mod deadline_rules;
mod dns_rules;
mod ecs_agent;
mod egress;
mod endpoint_check;
mod finding;
mod host_view;
mod metadata_rules;
mod no_proxy;
mod pin_rules;
mod proxies;
mod proxy_rules;
mod region_rules;
mod resolver_rules;
mod s3_path;
mod s3_rules;
mod set_rules;
mod spare_rules;
mod surroundings_rules;
mod task_rules;
mod tcp_rules;
mod tls_rules;
mod trust_rules;
mod zone_rules;

pub use self::code::Code;
pub use self::ecs_agent::{AgentConnection, AgentPeer, AgentShape, EcsAgentCheck, Supervision};
pub use self::endpoint_check::{AddressCheck, EndpointCheck};
pub use self::finding::Finding;
pub use self::proxies::{ProxiedHost, ProxyCheck, ProxyClient, ProxyWay};
pub use self::s3_path::{S3Path, S3Way};

pub(crate) use self::address_rules::custom_resolvers;
use self::clock_rules::Clock;
use self::egress::Egress;
use self::host_view::HostView;
use crate::observation::Observations;
use crate::plan::Plan;
use crate::status::Status;
use crate::surroundings::Surroundings;

/// The judgement on one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The worst of the findings and of the checks of endpoints that are needed.
    pub status: Status,
    /// What a person should know, the gravest first.
    pub findings: Vec<Finding>,
    /// One entry for each host name of each endpoint, in the order of the plan.
    pub checks: Vec<EndpointCheck>,
    /// The result for the ECS agent, where the plan asks for it.
    pub ecs_agent: Option<EcsAgentCheck>,
    /// One entry for each client that has a proxy.
    pub proxies: Vec<ProxyCheck>,
}

/// Judges a run.
pub fn judge(surroundings: &Surroundings, plan: &Plan, observations: &Observations) -> Judgement {
    let views = HostView::of_plan(surroundings, plan, observations);
    let clock = Clock::new(surroundings, observations, &views);
    let mut findings = surroundings_rules::judge(surroundings, plan);
    findings.extend(task_rules::judge(surroundings, plan));
    findings.extend(dns_rules::judge_resolvers(surroundings, &views));
    findings.extend(resolver_rules::judge(surroundings, &views));
    findings.extend(spare_rules::judge(surroundings, &views));
    findings.extend(clock_rules::judge(&clock, &views));
    findings.extend(deadline_rules::judge(&views));
    for view in &views {
        // What tells the cause comes before what only refers to it.
        findings.extend(zone_rules::judge(surroundings, view));
        findings.extend(dns_rules::judge(surroundings, view));
        findings.extend(address_rules::judge(surroundings, view));
        findings.extend(region_rules::judge(surroundings, plan, view));
        match s3_rules::judge(&views, view) {
            Some(finding) => findings.push(finding),
            None => findings.extend(tcp_rules::judge(surroundings, view)),
        }
        findings.extend(tls_rules::judge(&clock, plan, view));
    }
    findings.extend(certificate_end::judge(&clock, observations, &views));
    findings.extend(set_rules::judge(surroundings, &views));
    let (of_agent, ecs_agent) = ecs_agent::judge(surroundings, plan, observations, &views);
    let by_variable = views.iter().filter_map(|v| trust_rules::judge(plan, ecs_agent.as_ref(), v));
    findings.extend(by_variable);
    findings.extend(of_agent);
    let egress = Egress::of(surroundings, plan, observations, &views, ecs_agent.as_ref());
    findings.extend(s3_path::judge(surroundings, &egress, &views));
    let proxies = proxies::checks(surroundings, observations.ecs_agent.as_ref(), &views);
    findings.extend(proxy_rules::judge(&proxies, &views));
    let path = |view: &HostView<'_>| s3_path::path(surroundings, &egress, view);
    let checks = endpoint_check::checks(&views, &findings, path);
    let findings = finding::named(finding::merged_and_sorted(findings), plan);
    let asked_for = plan.ecs_agent.as_ref().is_some_and(|planned| planned.asked_for);
    let status = verdict(&findings, &checks, ecs_agent.as_ref().filter(|_| asked_for));
    Judgement { status, findings, checks, ecs_agent, proxies }
}

/// The worst of the findings, and of what was not observed of endpoints that are needed. A run that
/// checked nothing does not pass. What is not known of the ECS agent counts where it was asked for.
fn verdict(
    findings: &[Finding],
    checks: &[EndpointCheck],
    ecs_agent: Option<&EcsAgentCheck>,
) -> Status {
    let of_agent = ecs_agent.map(|check| match check.status {
        // It needs no more than time.
        Status::Unknown if check.codes.contains(&Code::EcsAgentStarting) => Status::Warn,
        Status::Skip => Status::Unknown,
        status => status,
    });
    let of_findings = findings.iter().map(|finding| finding.severity.status());
    let of_checks = checks.iter().map(EndpointCheck::in_the_verdict);
    let start = if checks.is_empty() { Status::Unknown } else { Status::Pass };
    of_findings.chain(of_checks).chain(of_agent).fold(start, Status::worst)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
