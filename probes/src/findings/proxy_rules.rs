//! Rules about proxies of the environment and of the Docker Engine, and about what every NO_PROXY has to
//! name. What the ECS agent sends to a proxy past the ECS endpoints is judged with the agent.

use super::finding::Words;
use super::host_view::HostView;
use super::proxies::{ProxyCheck, ProxyClient, ProxyWay};
use super::set_rules::is_private;
use super::{Code, Finding};
use crate::catalog::Expectation;
use crate::ecs_agent::AgentProxySetting;
use crate::status::Severity;

pub(super) fn judge(checks: &[ProxyCheck], views: &[HostView<'_>]) -> Vec<Finding> {
    let of_check = |check| {
        let past = |way| past_endpoints(check, views, way);
        [past(ProxyWay::Proxy), past(ProxyWay::Differs), lacks(check)]
    };
    checks.iter().flat_map(of_check).flatten().collect()
}

/// Only where the endpoint is seen to be there: without one, the proxy may be the only way.
fn past_endpoints(check: &ProxyCheck, views: &[HostView<'_>], way: ProxyWay) -> Option<Finding> {
    let proxy = check.proxy.as_ref().filter(|_| check.client != ProxyClient::EcsAgent)?;
    let has_endpoint = |host: &str| {
        views.iter().any(|view| {
            view.host == host
                && view.endpoint.expectation == Expectation::Private
                && is_private(view)
        })
    };
    let hosts = check.hosts.iter().filter(|host| host.way == way);
    let hosts: Vec<&str> =
        hosts.map(|host| host.host.as_str()).filter(|host| has_endpoint(host)).collect();
    if hosts.is_empty() {
        return None;
    }
    let (names, proxied) = (hosts.join(", "), told(proxy));
    let (severity, seen, meaning) = match (way, check.client) {
        (ProxyWay::Direct, _) => return None,
        (ProxyWay::Differs, _) => (
            Severity::Info,
            format!("{proxied}: whether that counts for {names} depends on the program"),
            "Entries such as *.example.com are read by programs in Go, and not by curl and Python; ALL_PROXY is read by curl, and not by programs in Go. Some programs send what is meant for these endpoints to the proxy, and so past them.",
        ),
        (ProxyWay::Proxy, ProxyClient::DockerEngine) => (
            Severity::Warn,
            format!("{proxied}, and NO_PROXY does not name {names}"),
            "The Docker Engine pulls images through the proxy, and so past the endpoint of the registry.",
        ),
        (ProxyWay::Proxy, _) => (
            Severity::Warn,
            format!("{proxied}, and NO_PROXY does not name {names}"),
            "Programs that take their proxy from this environment, as the AWS CLI and many AWS SDKs do, send what is meant for these endpoints to the proxy, and so past them.",
        ),
    };
    let meaning = format!("{meaning} {OWN_WAY}");
    let change =
        format!("Add {} to NO_PROXY {}.", hosts.join(","), where_to_set(check.client, proxy));
    Some(Finding::general(Code::ProxyPastEndpoints, severity, Words::new(seen, meaning, change)))
}

const OWN_WAY: &str = "vpce-probe itself always connects directly: its checks say nothing of the way through the proxy.";

fn lacks(check: &ProxyCheck) -> Option<Finding> {
    let proxy = check.plain_http_proxy.as_ref().filter(|_| !check.missing.is_empty())?;
    let missing = check.missing.join(",");
    let meaning = match check.client {
        ProxyClient::EcsAgent => {
            "The agent adds these by itself only where NO_PROXY is not set at all. What it asks of them may go to the proxy, which cannot reach what is local to this machine."
        }
        _ => {
            "These addresses exist on this machine or in this task only, and no proxy can reach them. Programs that obey the proxy for them too get no credentials and no metadata."
        }
    };
    Some(Finding::general(
        Code::NoProxyLacksMetadata,
        Severity::Warn,
        Words::new(
            format!("{}, and NO_PROXY does not name {missing}", told(proxy)),
            meaning,
            format!("Add {missing} to NO_PROXY {}.", where_to_set(check.client, proxy)),
        ),
    ))
}

fn told(proxy: &AgentProxySetting) -> String {
    format!("{}={} ({})", proxy.name, proxy.value, proxy.place)
}

fn where_to_set(client: ProxyClient, proxy: &AgentProxySetting) -> String {
    const RESTART: &str = "then systemctl daemon-reload and systemctl restart docker, which ends containers unless live-restore is set, and restarts the ECS agent";
    let place = &proxy.place;
    match client {
        ProxyClient::Environment => {
            "where this environment is made (in a task: \"environment\" in the container definition)"
                .to_owned()
        }
        ProxyClient::EcsAgent => format!("in {place}, then restart the agent"),
        ProxyClient::DockerEngine if place.ends_with(".json") => {
            format!("(no-proxy under proxies) in {place}, {RESTART}")
        }
        ProxyClient::DockerEngine if place.starts_with('/') => format!("in {place}, {RESTART}"),
        ProxyClient::DockerEngine => format!("in a drop-in of docker.service, {RESTART}"),
    }
}
