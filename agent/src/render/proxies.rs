//! The table of proxies for a person.

use vpce_probes::ecs_agent::AgentProxySetting;
use vpce_probes::findings::{ProxiedHost, ProxyCheck, ProxyWay};

use super::page::Page;

/// One block for each client that has a proxy; nothing where there is none. A line for each host, or
/// one for all where they are alike.
pub(super) fn table(checks: &[ProxyCheck], page: &mut Page) {
    if checks.is_empty() {
        return;
    }
    page.heading("Proxies");
    for check in checks {
        let settings = [check.proxy.as_ref(), check.plain_http_proxy.as_ref()];
        let mut told: Vec<String> = settings.into_iter().flatten().map(setting).collect();
        told.dedup();
        page.wrapped(&format!("  {:17}  ", check.client.description()), &told.join(", "));
        match check.hosts.as_slice() {
            [first, second, others @ ..] if alike(first, second, others) => {
                let all = format!("all {} host names", check.hosts.len());
                page.line(&format!("    {all}  {}", way(first)));
            }
            hosts => {
                let width = hosts.iter().map(|host| host.host.len()).max().unwrap_or_default();
                for host in hosts {
                    page.line(&format!("    {:width$}  {}", host.host, way(host)));
                }
            }
        }
        if !check.missing.is_empty() {
            page.line(&format!("    not in NO_PROXY: {}", check.missing.join(",")));
        }
    }
}

fn alike(first: &ProxiedHost, second: &ProxiedHost, others: &[ProxiedHost]) -> bool {
    let is_same = |host: &ProxiedHost| host.way == first.way && host.matched == first.matched;
    is_same(second) && others.iter().all(is_same)
}

fn setting(setting: &AgentProxySetting) -> String {
    format!("{}={} ({})", setting.name, setting.value, setting.place)
}

fn way(host: &ProxiedHost) -> String {
    match (host.way, &host.matched) {
        (ProxyWay::Proxy, _) => "through the proxy".to_owned(),
        (ProxyWay::Direct, Some(entry)) => format!("direct, by {entry} in NO_PROXY"),
        (ProxyWay::Direct, None) => "direct, as no proxy is set for HTTPS".to_owned(),
        (ProxyWay::Differs, Some(entry)) => {
            format!("depends on the program, by {entry} in NO_PROXY")
        }
        (ProxyWay::Differs, None) => "depends on the program".to_owned(),
    }
}
