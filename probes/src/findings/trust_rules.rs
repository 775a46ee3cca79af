//! Certificates that are trusted here, and not by everybody who connects.

use super::finding::{HOSTS, Words};
use super::host_view::{AddressView, HostView, list};
use super::{Code, Finding};
use crate::ecs_agent::ECS_SERVICES;
use crate::plan::{Plan, Profile};
use crate::status::Severity;

pub(super) fn judge(plan: &Plan, view: &HostView<'_>) -> Option<Finding> {
    let used = view.in_use();
    let works: Vec<&AddressView<'_>> = used.into_iter().filter(|address| address.works()).collect();
    let told: Vec<&AddressView<'_>> =
        works.iter().filter(|address| variables(address).is_some()).copied().collect();
    let first = told.first()?;
    let variables = variables(first)?;
    let is_agents = ECS_SERVICES.contains(&view.endpoint.service.as_str())
        && [Profile::Ec2, Profile::External].iter().any(|has| plan.profiles.contains(has));
    let (severity, meaning) = if is_agents {
        (
            Severity::Fail,
            "Something between this machine and AWS puts its own certificate in place. This program trusts it only because of that variable. The ECS agent trusts only the authorities in its own image, and refuses the connection.",
        )
    } else {
        (
            Severity::Warn,
            "Something between this machine and AWS puts its own certificate in place. This program trusts it only because of that variable. Programs without it refuse the connection, and it does not reach the ECS agent, the Docker Engine or Fargate by itself.",
        )
    };
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

fn variables<'a>(address: &AddressView<'a>) -> Option<&'a str> {
    address.seen.tls.as_ref()?.trusted_by.as_deref()
}
