//! `/etc/resolv.conf`: which resolvers a libc client on this machine asks, and how.

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use resolv_conf::{Config, ScopedIp};
use serde::{Deserialize, Serialize};

use super::{Absence, AbsenceReason, Fact, Source, SourceReport, bounded_file};
use crate::timestamp::milliseconds;

/// The fixed addresses of the Amazon-provided resolver.
/// Source: Amazon VPC User Guide, "DNS attributes for your VPC".
pub const AMAZON_RESOLVERS: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(169, 254, 169, 253)),
    IpAddr::V6(std::net::Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
];

/// More than a file of thousands of lines that nobody needs.
const MAX_BYTES: u64 = 1024 * 1024;

/// glibc reads no more than this many `nameserver` lines (resolv.conf(5), MAXNS).
const MAX_RESOLVERS: usize = 3;

/// glibc waits at least and at most this long for one resolver, whatever the file says
/// (resolv.conf(5), RES_MAXRETRANS; a `timeout:0` is a second).
const MIN_TIMEOUT_S: f64 = 1.0;
const MAX_TIMEOUT_S: f64 = 30.0;

/// What `/etc/resolv.conf` says.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResolverSettings {
    /// Resolvers in the order in which they are asked. A libc client asks the first three.
    pub servers: Vec<ResolverAddress>,
    /// How long a libc client waits for one of them, in milliseconds.
    pub timeout_ms: f64,
    /// How often a libc client goes through the list. This program goes through it once.
    pub attempts: u32,
    /// Whether queries go over TCP only.
    pub use_tcp: bool,
}

/// One resolver.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResolverAddress {
    /// Its address.
    pub address: IpAddr,
    /// What it is known to be.
    pub kind: ResolverKind,
}

/// What a resolver is known to be.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ResolverKind {
    /// The Amazon-provided resolver: a fixed address, or the VPC's base address plus two.
    Amazon,
    /// A stub on this machine (systemd-resolved, Docker), which forwards to others.
    Stub,
    /// Not recognised: a resolver of your own, or Amazon's where the VPC's ranges are not told.
    Other,
}

impl ResolverSettings {
    /// How long a libc client waits for one resolver.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64((self.timeout_ms / 1000.0).clamp(MIN_TIMEOUT_S, MAX_TIMEOUT_S))
    }
}

/// What the file says, and how reading it went.
pub(super) type Told = (Fact<ResolverSettings>, SourceReport);

/// Reads the file, and tells how that went. Missing when it is missing or names no resolver.
pub(super) fn resolvers(path: &Path) -> Told {
    let started = Instant::now();
    let (settings, troubles) = match bounded_file::read_text(path, MAX_BYTES) {
        Ok(text) => (parse(&text, path), Vec::new()),
        Err(absence) if absence.reason == AbsenceReason::NotFound => {
            (Fact::missing(absence), Vec::new())
        }
        Err(absence) => (Fact::missing(absence.clone()), vec![absence]),
    };
    (settings.clone(), report(path, &settings, troubles, started))
}

/// The same for a file that could not be read in time.
pub(super) fn late(path: &Path, started: Instant) -> Told {
    let absence = bounded_file::late(path, started.elapsed());
    let settings = Fact::missing(absence.clone());
    (settings.clone(), report(path, &settings, vec![absence], started))
}

fn report(
    path: &Path,
    settings: &Fact<ResolverSettings>,
    troubles: Vec<Absence>,
    started: Instant,
) -> SourceReport {
    SourceReport {
        source: Source::file(path),
        answered: settings.value().is_some(),
        troubles,
        elapsed_ms: milliseconds(started.elapsed()),
    }
}

pub(super) fn parse(text: &str, path: &Path) -> Fact<ResolverSettings> {
    let absence =
        |reason, detail: String| Fact::missing(Absence::new(Source::file(path), reason, detail));
    let config = accumulate(text);
    let servers: Vec<_> = config
        .nameservers
        .iter()
        .map(|server| match server {
            ScopedIp::V4(address) => IpAddr::V4(*address),
            ScopedIp::V6(address, _) => IpAddr::V6(*address),
        })
        .take(MAX_RESOLVERS)
        .map(|address| ResolverAddress { address, kind: kind_by_address(address) })
        .collect();
    if servers.is_empty() {
        let detail = format!("{} names no resolver", path.display());
        return absence(AbsenceReason::NotTold, detail);
    }
    let settings = ResolverSettings {
        servers,
        timeout_ms: f64::from(config.timeout).clamp(MIN_TIMEOUT_S, MAX_TIMEOUT_S) * 1000.0,
        attempts: config.attempts,
        use_tcp: config.use_vc,
    };
    Fact::known(settings, Source::file(path))
}

/// libc skips lines and words that it does not understand, and adds up the words of every line of
/// options. The parser stops at them and begins anew, so it is given one word at a time.
fn accumulate(text: &str) -> Config {
    let mut config = Config::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") if config.nameservers.len() < MAX_RESOLVERS => {
                let address = words.next().and_then(|word| word.split([';', '#']).next());
                let line = format!("nameserver {}", address.unwrap_or_default());
                config.nameservers.extend(
                    Config::parse(line).map(|single| single.nameservers).unwrap_or_default(),
                );
            }
            Some("options") => words.for_each(|word| take_option(&mut config, word)),
            _ => {}
        }
    }
    config
}

fn take_option(config: &mut Config, word: &str) {
    let Ok(single) = Config::parse(format!("options {word}")) else { return };
    match word.split(':').next() {
        Some("timeout") => config.timeout = single.timeout,
        Some("attempts") => config.attempts = single.attempts,
        Some("use-vc") => config.use_vc = true,
        _ => {}
    }
}

fn kind_by_address(address: IpAddr) -> ResolverKind {
    if AMAZON_RESOLVERS.contains(&address) {
        ResolverKind::Amazon
    } else if address.is_loopback() {
        ResolverKind::Stub
    } else {
        ResolverKind::Other
    }
}

impl ResolverSettings {
    /// Recognises the resolver at the base address plus two of the VPC's ranges. Only the primary
    /// range has one, but which of them is primary is not always told.
    pub(super) fn recognise(&mut self, vpc_cidrs: &[IpNet]) {
        for server in &mut self.servers {
            let is_plus_two = vpc_cidrs.iter().any(|cidr| plus_two(cidr) == Some(server.address));
            if is_plus_two {
                server.kind = ResolverKind::Amazon;
            }
        }
    }
}

/// Where a VPC with this primary range has its Amazon-provided resolver.
pub(super) fn plus_two(cidr: &IpNet) -> Option<IpAddr> {
    match cidr {
        IpNet::V4(v4) => u32::from(v4.network()).checked_add(2).map(|bits| IpAddr::V4(bits.into())),
        IpNet::V6(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Fact<ResolverSettings> {
        parse(text, Path::new("/etc/resolv.conf"))
    }

    fn addresses(text: &str) -> Vec<String> {
        read(text).value().unwrap().servers.iter().map(|s| s.address.to_string()).collect()
    }

    #[test]
    fn keeps_the_order_and_the_first_three() {
        let text = "search ec2.internal\nnameserver 10.0.0.2\nnameserver fd00:ec2::253\n\
                    nameserver 127.0.0.53\nnameserver 8.8.8.8\noptions timeout:2 attempts:3 use-vc\n";
        assert_eq!(addresses(text), ["10.0.0.2", "fd00:ec2::253", "127.0.0.53"]);
        let settings = read(text);
        let settings = settings.value().unwrap();
        assert_eq!((settings.timeout_ms, settings.attempts, settings.use_tcp), (2000.0, 3, true));
        let kinds: Vec<_> = settings.servers.iter().map(|server| server.kind).collect();
        assert_eq!(kinds, [ResolverKind::Other, ResolverKind::Amazon, ResolverKind::Stub]);
    }

    #[test]
    fn lines_nobody_understands_hide_nothing() {
        assert_eq!(
            addresses("nonsense\nnameserver x\nnameserver 10.0.0.2\noptions ??\n"),
            ["10.0.0.2"]
        );
    }

    #[test]
    fn options_add_up_word_by_word() {
        let options = |lines: &str| {
            let settings = read(&format!("nameserver 10.0.0.2\n{lines}")).value().unwrap().clone();
            (settings.timeout(), settings.attempts, settings.use_tcp)
        };
        let s = Duration::from_secs;
        assert_eq!(options(""), (s(5), 2, false));
        assert_eq!(options("options use-vc timeout:2\noptions edns0\n"), (s(2), 2, true));
        assert_eq!(options("options use-vc timeout:2 no-aaaa frob attempts:3\n"), (s(2), 3, true));
        assert_eq!(options("options timeout:0"), (s(1), 2, false));
        assert_eq!(options("options timeout:600"), (s(30), 2, false));
    }

    #[test]
    fn what_follows_an_address_does_not_hide_it() {
        assert_eq!(addresses("nameserver 10.0.0.2 # ours\nnameserver\tfd00:ec2::253;x\n").len(), 2);
    }

    #[test]
    fn without_a_resolver_the_reason_is_told() {
        for text in ["", "search ec2.internal\n", "nameserver\n"] {
            assert_eq!(read(text).why_missing()[0].reason, AbsenceReason::NotTold, "{text:?}");
        }
    }

    #[test]
    fn the_vpc_base_plus_two_is_amazons() {
        let mut settings =
            read("nameserver 10.0.0.2\nnameserver 10.0.0.3\n").value().unwrap().clone();
        settings.recognise(&["10.0.0.0/16".parse().unwrap(), "fd00::/56".parse().unwrap()]);
        assert_eq!(settings.servers[0].kind, ResolverKind::Amazon);
        assert_eq!(settings.servers[1].kind, ResolverKind::Other);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(
            text in "((nameserver|options|search|timeout:|use-vc|[0-9:.]+|\\PC)[ \t\r\n;#]?)*"
        ) {
            let _ = read(&text);
        }
    }
}
