//! Which entry of a NO_PROXY setting keeps a host away from the proxy. Clients do not agree on that.

use std::net::IpAddr;

use ipnet::IpNet;

/// How a client reads NO_PROXY.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Reading {
    /// As programs written in Go do: the ECS agent, the Docker Engine, AWS SDKs for Go. A domain stands
    /// for itself and all below, with a dot in front, or `*.`, only for those below. Source:
    /// documentation of `golang.org/x/net/http/httpproxy`, `Config.NoProxy`.
    Go,
    /// As curl does, and Python's `urllib`, which the AWS SDK for Python and the AWS CLI use: dots in
    /// front do not count, and neither `*.` nor a port is known. Sources: `curl(1)`, "NO_PROXY";
    /// CPython, `Lib/urllib/request.py`, `proxy_bypass_environment`.
    Curl,
}

impl Reading {
    /// The entry that names the host, as it stands in the setting, for a request to this port.
    pub(super) fn entry_for<'s>(self, setting: &'s str, host: &str, port: u16) -> Option<&'s str> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_all = |entry: &&str| *entry == "*";
        match self {
            Self::Go => {
                let mut entries = setting.split(',').map(str::trim);
                entries.find(|entry| is_all(entry) || is_named_for_go(entry, &host, port))
            }
            Self::Curl => {
                let alone = Some(setting.trim()).filter(is_all);
                let mut entries = setting.split([',', ' ', '\t']);
                alone.or_else(|| entries.find(|entry| is_named_for_curl(entry, &host)))
            }
        }
    }
}

fn is_named_for_go(entry: &str, host: &str, port: u16) -> bool {
    let entry = entry.to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    if let Ok(range) = entry.parse::<IpNet>() {
        return address.is_some_and(|address| range.contains(&address));
    }
    let (name, of_port) = without_port(&entry);
    if of_port.is_some_and(|of_port| of_port != port.to_string()) {
        return false;
    }
    if let Some(address) = address {
        let name = name.trim_start_matches('[').trim_end_matches(']');
        return name.parse() == Ok(address);
    }
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some(domain) => is_below(host, domain),
        None => host == name || is_below(host, name),
    }
}

/// IPv6 addresses have colons too, and a port only behind brackets.
fn without_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (entry, None),
    }
}

/// Ranges of addresses are left out: curl knows them since version 7.86, and Python does not.
fn is_named_for_curl(entry: &str, host: &str) -> bool {
    let name = entry.trim_start_matches('.').to_ascii_lowercase();
    host == name || is_below(host, &name)
}

fn is_below(host: &str, domain: &str) -> bool {
    !domain.is_empty()
        && host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOST: &str = "ecs-a.us-east-1.amazonaws.com";

    #[test]
    fn entries_are_read_as_each_kind_of_client_reads_them() {
        for (setting, go, curl) in [
            ("", false, false),
            ("*", true, true),
            (".amazonaws.com", true, true),
            ("amazonaws.com", true, true),
            ("*.amazonaws.com", true, false),
            (".US-EAST-1.amazonaws.com,x", true, true),
            ("x .amazonaws.com", false, true),
            (HOST, true, true),
            ("ecs-a.us-east-1.amazonaws.com:443", true, false),
            ("ecs-a.us-east-1.amazonaws.com:80", false, false),
            (".ecs-a.us-east-1.amazonaws.com", false, true),
            ("mazonaws.com", false, false),
            ("ecs.us-east-1.amazonaws.com", false, false),
            ("169.254.169.254,169.254.170.2,/var/run/docker.sock", false, false),
            ("x,*", true, false),
            (".", false, false),
            ("fd00:ec2::254", false, false),
            ("10.0.0.0/8", false, false),
            ("***", false, false),
        ] {
            let covers = |reading: Reading| reading.entry_for(setting, HOST, 443).is_some();
            assert_eq!((covers(Reading::Go), covers(Reading::Curl)), (go, curl), "{setting}");
        }
    }

    #[test]
    fn the_entry_is_told_as_it_stands_there() {
        let setting = "a.com, .AmazonAWS.com ,b.com";
        assert_eq!(Reading::Go.entry_for(setting, HOST, 443), Some(".AmazonAWS.com"));
        assert_eq!(Reading::Curl.entry_for(setting, HOST, 443), Some(".AmazonAWS.com"));
    }

    #[test]
    fn addresses_are_named_by_themselves_or_by_ranges() {
        for (setting, go, curl) in [
            ("169.254.170.2", true, true),
            ("169.254.0.0/16", true, false),
            ("169.254.170.2:80", true, false),
            ("169.254.170.2:443", false, false),
            ("254.170.2", false, true),
            ("169.254.169.254", false, false),
            ("[fd00:ec2::254]:80,fd00:ec2::/32", false, false),
        ] {
            let covers =
                |reading: Reading| reading.entry_for(setting, "169.254.170.2", 80).is_some();
            assert_eq!((covers(Reading::Go), covers(Reading::Curl)), (go, curl), "{setting}");
        }
        assert!(Reading::Go.entry_for("fd00:EC2::254", "fd00:ec2::254", 80).is_some());
        assert!(Reading::Go.entry_for("[fd00:ec2::254]:80", "fd00:ec2::254", 80).is_some());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(setting in "([a-z*.:,/\\[\\] 0-9]|\\PC)*") {
            for reading in [Reading::Go, Reading::Curl] {
                let _ = reading.entry_for(&setting, HOST, 443);
                let _ = reading.entry_for(&setting, "169.254.170.2", 80);
            }
        }
    }
}
