//! Rules about endpoints that only work together.

use super::cause::{self, Cause};
use super::finding::{Words, weighed};
use super::host_view::HostView;
use super::{Code, Finding};
use crate::catalog::Expectation;
use crate::ecs_agent::ECS_SERVICES;
use crate::status::Severity;
use crate::surroundings::Surroundings;

pub(super) fn judge(surroundings: &Surroundings, views: &[HostView<'_>]) -> Option<Finding> {
    let set: Vec<&HostView<'_>> = views
        .iter()
        .filter(|view| {
            ECS_SERVICES.contains(&view.endpoint.service.as_str())
                && view.endpoint.expectation == Expectation::Private
        })
        .collect();
    let is_checked = |service: &str| set.iter().any(|view| view.endpoint.service == service);
    if !ECS_SERVICES.iter().all(|service| is_checked(service)) {
        return None;
    }
    let private: Vec<_> = set.iter().filter(|view| is_private(view)).copied().collect();
    // What the hosts file, a resolver or a zone sends elsewhere has its endpoint all the same.
    let is_public = |view: &HostView<'_>| {
        view.is_public()
            && !view.is_pinned_away()
            && !matches!(cause::of(surroundings, view), Cause::ToldBy(..))
    };
    let public: Vec<_> = set.iter().filter(|view| is_public(view)).copied().collect();
    let need = public.iter().map(|view| view.endpoint.need).max()?;
    if private.is_empty() {
        return None;
    }
    let services = |views: &[&HostView<'_>]| {
        views.iter().map(|view| view.endpoint.service.clone()).collect::<Vec<_>>().join(", ")
    };
    let names: Vec<_> = public.iter().map(|view| view.endpoint_name()).collect();
    let finding = Finding::general(
        Code::EcsEndpointsPartial,
        weighed(Severity::Fail, need),
        Words::new(
            format!("private: {}; public: {}", services(&private), services(&public)),
            "The ECS agent needs ecs, ecs-agent and ecs-telemetry together. Its traffic goes over the public endpoints until all three are private, and agents without a way out lose their connection when they next reconnect.",
            format!(
                "Create {} with private DNS names enabled, then restart the ECS agent: vpce-probe agent restart --if-needed.",
                names.join(" and ")
            ),
        ),
    );
    let hosts = public.iter().map(|view| view.host.to_owned()).collect();
    let of = public.iter().map(|view| view.endpoint.service.clone()).collect();
    Some(Finding { services: of, hosts, ..finding })
}

pub(super) fn is_private(view: &HostView<'_>) -> bool {
    let used = view.in_use();
    !used.is_empty() && used.iter().all(|address| address.class.is_private())
}
