//! Which hosts a NO_PROXY setting keeps away from the proxy.

/// Whether the setting names the host. The agent is written in Go, so Go's rules hold: `*` for all
/// hosts, and a domain with or without a leading dot for all hosts below it; without the dot also
/// for itself. Source: documentation of `golang.org/x/net/http/httpproxy`, `Config.NoProxy`.
pub(super) fn covers(no_proxy: &str, host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    no_proxy.split(',').map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let name = match entry.rsplit_once(':') {
            // Only a port that is not 443 makes an entry speak of something else.
            Some((name, "443")) => name,
            Some(_) => return false,
            None => entry.as_str(),
        };
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
        match name.strip_prefix('.') {
            _ if name == "*" => true,
            Some(domain) => is_below(&host, domain),
            None => host == name || is_below(&host, name),
        }
    })
}

fn is_below(host: &str, domain: &str) -> bool {
    !domain.is_empty()
        && host.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_go_reads_them() {
        let host = "ecs-a.us-east-1.amazonaws.com";
        for (no_proxy, covered) in [
            ("", false),
            ("*", true),
            (".amazonaws.com", true),
            ("amazonaws.com", true),
            ("*.amazonaws.com", true),
            (" .US-EAST-1.amazonaws.com , x", true),
            ("ecs-a.us-east-1.amazonaws.com", true),
            ("ecs-a.us-east-1.amazonaws.com:443", true),
            ("ecs-a.us-east-1.amazonaws.com:80", false),
            (".ecs-a.us-east-1.amazonaws.com", false),
            ("mazonaws.com", false),
            ("ecs.us-east-1.amazonaws.com", false),
            ("169.254.169.254,169.254.170.2,/var/run/docker.sock", false),
            (".", false),
            ("fd00:ec2::254", false),
        ] {
            assert_eq!(covers(no_proxy, host), covered, "{no_proxy}");
        }
    }
}
