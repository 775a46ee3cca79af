//! What the agent's log says of the hosts that it uses.

use crate::ecs_agent::{AgentLog, LoggedHost};
use crate::numbered_host::numbered_service;
use crate::timestamp::parse_rfc3339;

/// The log's last words, as far as this agent and not one before it wrote them.
pub(super) struct Logged<'a> {
    /// The hosts that it connected to last, and those that it was named after that.
    hosts: Vec<&'a LoggedHost>,
    /// When it fell back on an answer whose time was over.
    expired_at: Option<&'a str>,
}

impl<'a> Logged<'a> {
    pub(super) fn of(
        log: Option<&'a AgentLog>,
        is_before_start: impl Fn(Option<&str>) -> bool,
    ) -> Self {
        let by_this_agent = |logged: &&LoggedHost| !is_before_start(logged.at.as_deref());
        let control = log.and_then(|log| log.control.as_ref()).filter(by_this_agent);
        let telemetry = log.and_then(|log| log.telemetry.as_ref()).filter(by_this_agent);
        // What it was named before it connected is outdated by that.
        let discovered = log.and_then(|log| log.discovered.as_ref()).filter(by_this_agent);
        let discovered = discovered.filter(|discovered| is_after(discovered, control));
        let expired_at = log
            .and_then(|log| log.expired_cache_used_at.as_deref())
            .filter(|at| !is_before_start(Some(at)));
        Self { hosts: control.into_iter().chain(telemetry).chain(discovered).collect(), expired_at }
    }

    /// A host that is public by its name.
    pub(super) fn numbered(&self) -> Option<&'a LoggedHost> {
        self.hosts.iter().copied().find(|logged| is_numbered(&logged.host))
    }

    /// A host of another Region.
    pub(super) fn of_another_region(&self, region: &str) -> Option<&'a LoggedHost> {
        let is_elsewhere = |host: &str| region_of(host).is_some_and(|of_host| of_host != region);
        self.hosts.iter().copied().find(|logged| is_elsewhere(&logged.host))
    }

    /// What it adds to what was seen.
    pub(super) fn words(&self) -> String {
        let mut words = String::new();
        if let Some(logged) = self.numbered() {
            words.push_str(&format!("; its log names {}", logged.host));
        }
        if let Some(at) = self.expired_at {
            words.push_str(&format!(
                "; at {at} its call to DiscoverPollEndpoint failed and it went on with an old answer"
            ));
        }
        words
    }
}

fn is_after(logged: &LoggedHost, other: Option<&LoggedHost>) -> bool {
    let at = |logged: &LoggedHost| logged.at.as_deref().and_then(parse_rfc3339);
    match other {
        None => true,
        Some(other) => at(logged).zip(at(other)).is_some_and(|(own, other)| own >= other),
    }
}

fn is_numbered(host: &str) -> bool {
    host.split('.').next().and_then(numbered_service).is_some()
}

/// The Region in `ecs-a.us-east-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let mut labels = host.split('.');
    let label = labels.next()?;
    let is_of_ecs = is_numbered(host) || matches!(after_service(label), Some("" | "-fips"));
    is_of_ecs.then(|| labels.next()).flatten()
}

fn after_service(label: &str) -> Option<&str> {
    label.strip_prefix("ecs-a").or_else(|| label.strip_prefix("ecs-t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, at: &str) -> Option<LoggedHost> {
        Some(LoggedHost { host: host.to_owned(), at: Some(at.to_owned()) })
    }

    #[test]
    fn numbered_hosts_are_told_from_others() {
        assert!(is_numbered("ecs-a-3.us-east-1.amazonaws.com"));
        assert!(is_numbered("ecs-t-12.cn-north-1.amazonaws.com.cn"));
        for host in ["ecs-a.us-east-1.amazonaws.com", "ecs-a-.x", "ecs-a-fips.x", "ecs.x", ""] {
            assert!(!is_numbered(host), "{host}");
        }
    }

    #[test]
    fn only_hosts_of_ecs_name_a_region() {
        for host in
            ["ecs-a-3.us-west-2.amazonaws.com", "ecs-t.us-west-2.x", "ecs-a-fips.us-west-2.x"]
        {
            assert_eq!(region_of(host), Some("us-west-2"), "{host}");
        }
        for host in ["ecs.us-west-2.amazonaws.com", "ecs-agent-proxy.corp.x", "ecs-a", ""] {
            assert_eq!(region_of(host), None, "{host}");
        }
    }

    #[test]
    fn what_it_was_named_counts_until_it_connects() {
        let numbered = "ecs-a-3.us-east-1.amazonaws.com";
        let plain = "ecs-a.us-east-1.amazonaws.com";
        let mut log = AgentLog {
            discovered: at(numbered, "2026-11-21T00:00:00Z"),
            control: at(plain, "2026-11-21T12:00:00Z"),
            ..AgentLog::default()
        };
        assert!(Logged::of(Some(&log), |_| false).numbered().is_none());
        log.discovered = at(numbered, "2026-11-21T13:00:00Z");
        assert!(Logged::of(Some(&log), |_| false).numbered().is_some());
        assert!(Logged::of(Some(&log), |_| true).numbered().is_none(), "another agent's");
        log.control = None;
        assert!(Logged::of(Some(&log), |_| false).of_another_region("us-west-2").is_some());
    }
}
