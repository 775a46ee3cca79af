//! Checks of names given on the command line.

use std::net::{self, IpAddr};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use vpce_probes::region;

pub(super) fn region(text: &str) -> Result<String, String> {
    if region::is_well_formed(text) {
        Ok(text.to_owned())
    } else {
        Err("a Region looks like us-east-1".to_owned())
    }
}

pub(super) fn account(text: &str) -> Result<String, String> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    if digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits)
    } else {
        Err("an account id has twelve digits".to_owned())
    }
}

pub(super) fn platform_version(text: &str) -> Result<String, String> {
    let numbers: Vec<_> = text.split('.').collect();
    if numbers.len() == 3 && numbers.iter().all(|number| number.parse::<u32>().is_ok()) {
        Ok(text.to_owned())
    } else {
        Err("a platform version looks like 1.4.0".to_owned())
    }
}

pub(super) fn cidr(text: &str) -> Result<IpNet, String> {
    text.parse().map_err(|_| "a range looks like 10.0.0.0/16".to_owned())
}

/// Where HTTP is served. No name: which of its addresses would be meant?
pub(super) fn listen(text: &str) -> Result<net::SocketAddr, String> {
    text.parse().map_err(|_| "an address and a port look like 127.0.0.1:9110".to_owned())
}

/// A file for node_exporter.
pub(super) fn textfile(text: &str) -> Result<PathBuf, String> {
    if text.ends_with(".prom") {
        Ok(text.into())
    } else {
        Err("node_exporter reads only files whose names end in .prom".to_owned())
    }
}

/// A Unix socket: a path, or after @ a name that stands in no folder.
pub(super) fn socket(text: &str) -> Result<SocketAddr, String> {
    let address = match text.strip_prefix('@') {
        // The kernel would choose a name.
        Some("") => None,
        None if text.is_empty() => None,
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(text).ok(),
    };
    let words = "a socket looks like @vpce-probe or /run/vpce-probe.sock, in at most 107 bytes";
    address.ok_or_else(|| words.to_owned())
}

/// A host name by RFC 1123, which also may have an underscore. An address is not one: there is
/// nothing to resolve, and no name for the certificate.
pub(super) fn host(text: &str) -> Result<String, String> {
    let name = text.trim_end_matches('.');
    if name.parse::<IpAddr>().is_ok() {
        return Err("a host name is wanted, not an address".to_owned());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    // RFC 6761 and 7686: these never reach a resolver.
    let reserved = ["localhost", "invalid", "onion"];
    let last = name.rsplit('.').next().unwrap_or_default();
    if reserved.iter().any(|reserved| last.eq_ignore_ascii_case(reserved)) {
        return Err(format!("names below {last} are not resolved by a resolver"));
    }
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(name.to_ascii_lowercase())
    } else {
        Err("not a host name".to_owned())
    }
}

/// `http://ADDRESS` without path.
pub(super) fn metadata_url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let authority = trimmed.strip_prefix("http://").unwrap_or_default();
    let is_address = authority.parse::<net::SocketAddr>().is_ok()
        || authority.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    if is_address {
        Ok(trimmed.to_owned())
    } else {
        Err("use http:// and an IP address, such as http://169.254.169.254".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_pass_and_bad_ones_say_what_is_wanted() {
        assert_eq!(account("1234-5678-9012"), Ok("123456789012".to_owned()));
        assert!(account("12345678901x").is_err());
        assert!(platform_version("1.4.0").is_ok() && platform_version("LATEST").is_err());
        assert_eq!(
            host("ECS.us-east-1.amazonaws.com."),
            Ok("ecs.us-east-1.amazonaws.com".to_owned())
        );
        for bad in [
            "",
            ".",
            "10.0.0.1",
            "::1",
            "localhost",
            "x.Invalid",
            "a..b",
            "-a.b",
            "http://x",
            "a b",
            &"x".repeat(64),
        ] {
            assert!(host(bad).is_err(), "{bad}");
        }
        for good in ["http://169.254.169.254/", "http://[fd00:ec2::254]", "http://127.0.0.1:1338"] {
            assert!(metadata_url(good).is_ok(), "{good}");
        }
        for bad in ["169.254.169.254", "https://169.254.169.254", "http://imds", "http://", ""] {
            assert!(metadata_url(bad).is_err(), "{bad}");
        }
        for bad in ["9110", ":9110", "localhost:9110", "127.0.0.1", "127.0.0.1:99999"] {
            assert!(listen(bad).is_err(), "{bad}");
        }
        assert!(listen("127.0.0.1:9110").is_ok() && listen("[::1]:9110").is_ok());
        assert!(textfile("/run/a.prom").is_ok() && textfile("/run/a.prom.txt").is_err());
        assert!(region("us-east-1").is_ok() && region("us-east").is_err());
    }
}
