//! Files and variables.

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use ipnet::IpNet;

use crate::fuzzing::{assert_round_trip, assert_short_texts};
use crate::surroundings::ecs_config::EcsConfig;
use crate::surroundings::hosts_file::HostsFile;
use crate::surroundings::proxy::{PROXY_VARIABLES, ProxySettings};
use crate::surroundings::resolv_conf::{ResolverKind, parse, plus_two};
use crate::surroundings::without_credentials;

/// `/etc/resolv.conf`.
pub fn resolv_conf(bytes: &[u8]) {
    let mut fact = parse(&String::from_utf8_lossy(bytes), Path::new("/etc/resolv.conf"));
    assert_round_trip(&fact);
    let Some(settings) = fact.value_mut() else { return };
    assert!((1..=3).contains(&settings.servers.len()), "{settings:?}");
    assert!((1.0..=30.0).contains(&settings.timeout().as_secs_f64()), "{settings:?}");
    let ranges: Vec<IpNet> = settings
        .servers
        .iter()
        .filter_map(|server| IpNet::new(server.address, 16).ok().map(|net| net.trunc()))
        .collect();
    settings.recognise(&ranges);
    for server in &settings.servers {
        let is_amazon = server.kind == ResolverKind::Amazon;
        let of_a_range = ranges.iter().any(|net| plus_two(net) == Some(server.address));
        assert!(is_amazon || !of_a_range, "{server:?}");
    }
}

/// `/etc/hosts`.
pub fn hosts_file(bytes: &[u8]) {
    const NAMES: [&str; 2] = ["ecs.us-east-1.amazonaws.com", "api.ecr.us-east-1.amazonaws.com"];
    let mut hosts = HostsFile::asking_for(NAMES);
    let read = hosts.take_lines(bytes, Instant::now() + Duration::from_secs(60));
    assert!(read.is_ok() || bytes.len() >= 64 * 1024, "a small file was not read");
    for name in NAMES {
        let addresses = hosts.addresses(name);
        let is_repeated = |address: &IpAddr| addresses.iter().filter(|a| *a == address).count() > 1;
        assert!(!addresses.iter().any(is_repeated), "{addresses:?}");
        assert_eq!(addresses, hosts.addresses(&format!("{}.", name.to_ascii_uppercase())));
    }
    assert!(hosts.addresses("not.asked.for").is_empty());
}

/// `/etc/ecs/ecs.config`.
pub fn ecs_config(bytes: &[u8]) {
    let config = EcsConfig::parse(&String::from_utf8_lossy(bytes));
    let mut proxies = ProxySettings::default();
    proxies.add("ecs.config ", config.iter());
    assert_round_trip(&proxies);
    for (key, value) in config.iter() {
        assert!(!key.is_empty() && !key.contains(['=', '\n']) && !value.contains('\n'), "{key:?}");
        assert_eq!(config.get(key).unwrap_or_default(), value);
        let again = EcsConfig::parse(&format!("{key}={value}\n"));
        assert_eq!(again.get(key), config.get(key), "{key:?}");
    }
}

/// A value of `HTTPS_PROXY` or `NO_PROXY`: nobody sees a password in it, however it is written.
pub fn proxy_value(bytes: &[u8]) {
    const SECRET: &str = "PaSsWoRd-0f3a1b2c";
    let text = String::from_utf8_lossy(bytes);
    let (before, after) = text.split_once('\n').unwrap_or((&text, "proxy:3128"));
    for variable in PROXY_VARIABLES {
        let shown = without_credentials(variable, &text);
        assert!(shown.len() <= 2 * text.len() + 16, "{shown:?}");
        assert_eq!(without_credentials(variable, &shown), shown, "shown twice, it is another");
        // The fuzzer learns the password, and puts it where it is none.
        if text.contains(SECRET) {
            continue;
        }
        let shown = without_credentials(variable, &format!("{before}{SECRET}@{after}"));
        assert!(!shown.contains(SECRET), "{variable}: {before:?} {after:?} shows {shown:?}");
    }
    let mut settings = ProxySettings::default();
    settings.add("", [("https_proxy", &*text), ("NO_PROXY", &text)]);
    assert_round_trip(&settings);
    assert_short_texts(&settings.settings.keys().collect::<Vec<_>>());
}
