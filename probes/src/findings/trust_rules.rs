//! Certificates that are trusted here, and not by everybody who connects.

use super::ecs_agent::{AgentConnection, EcsAgentCheck};
use super::finding::{HOSTS, Words};
use super::host_view::{AddressView, HostView, list};
use super::{Code, Finding};
use crate::ecs_agent::ECS_SERVICES;
use crate::plan::{Plan, Profile};
use crate::status::Severity;

/// How much it weighs for the ECS agent is told by the agent itself, as far as it is seen: ecs-init
/// mounts the instance's trust store into the agent's container, except on generic RPM systems, and
/// gives it the variables of `/etc/ecs/ecs.config`.
/// Source: amazon-ecs-agent, `ecs-init/docker/docker.go` and `ecs-init/config/config_*.go`.
pub(super) fn judge(
    plan: &Plan,
    ecs_agent: Option<&EcsAgentCheck>,
    view: &HostView<'_>,
) -> Option<Finding> {
    let used = view.in_use();
    let works: Vec<&AddressView<'_>> = used.into_iter().filter(|address| address.works()).collect();
    let told: Vec<&AddressView<'_>> =
        works.iter().filter(|address| variables(address).is_some()).copied().collect();
    let first = told.first()?;
    let variables = variables(first)?;
    let is_agents = ECS_SERVICES.contains(&view.endpoint.service.as_str())
        && [Profile::Ec2, Profile::External].iter().any(|has| plan.profiles.contains(has));
    let (severity, consequence) = match ecs_agent.map(|check| check.connection) {
        _ if !is_agents => (Severity::Warn, FOR_ALL),
        // It gets through: what shows it is better than what is known of its authorities.
        Some(AgentConnection::Private) => (Severity::Warn, FOR_ALL),
        Some(AgentConnection::Disconnected) => (
            Severity::Fail,
            "The ECS agent gets it only from /etc/ecs/ecs.config, and has no connection: it accepts the authorities in its own image, or those in the trust store of the instance where ecs-init hands that over, and no others.",
        ),
        _ => (
            Severity::Unknown,
            "The ECS agent gets it only from /etc/ecs/ecs.config: it accepts the authorities in its own image, or those in the trust store of the instance where ecs-init hands that over, and no others. Whether this one is among them cannot be seen from here.",
        ),
    };
    let meaning = format!(
        "Something between this machine and AWS puts its own certificate in place. This program trusts it only because of that variable. {consequence}"
    );
    let severity = if told.len() < works.len() { severity.min(Severity::Warn) } else { severity };
    let issuer = first.seen.tls.as_ref()?.chain.first().map_or("?", |leaf| leaf.issuer.as_str());
    let addresses = list(told.iter().map(|address| &address.address));
    Some(Finding::of_host(
        view,
        Code::TrustedByVariable,
        severity,
        Words::new(
            format!("{addresses}: issued by {issuer}, trusted only through {variables}"),
            meaning,
            format!(
                "Exempt {HOSTS} from TLS inspection. If the authority is yours and trusted by everything that matters, name it with --ca-file."
            ),
        ),
    ))
}

const FOR_ALL: &str = "Programs without it refuse the connection, and it does not reach the ECS agent, the Docker Engine or Fargate by itself.";

fn variables<'a>(address: &AddressView<'a>) -> Option<&'a str> {
    address.seen.tls.as_ref()?.trusted_by.as_deref()
}
