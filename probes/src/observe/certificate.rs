//! Reading a presented certificate for the report.

use std::fmt::Write;
use std::net::IpAddr;

use ring::digest::{SHA256, digest};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::observation::Certificate;
use crate::printable::printable;
use crate::timestamp::rfc3339;

/// Names of a certificate that are kept.
const MAX_NAMES: usize = 100;

/// Characters of a distinguished name that are kept.
const MAX_NAME_CHARS: usize = 256;

/// What a DER certificate says of itself; `None` when it is not one.
pub(super) fn describe(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let names = certificate
        .subject_alternative_name()
        .ok()
        .flatten()
        .map(|extension| {
            let names = &extension.value.general_names;
            names.iter().filter_map(name_of).take(MAX_NAMES).collect()
        })
        .unwrap_or_default();
    let sha256 = digest(&SHA256, der).as_ref().iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Some(Certificate {
        subject: kept(&certificate.subject().to_string()),
        issuer: kept(&certificate.issuer().to_string()),
        names,
        not_before: rfc3339(certificate.validity().not_before.to_datetime()),
        not_after: rfc3339(certificate.validity().not_after.to_datetime()),
        sha256,
    })
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(kept(name)),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(IpAddr::from(v4).to_string()),
            Err(_) => <[u8; 16]>::try_from(*bytes).ok().map(|v6| IpAddr::from(v6).to_string()),
        },
        _ => None,
    }
}

/// Names come from whoever answered: they are bounded, and never reach a terminal as they are.
fn kept(text: &str) -> String {
    printable(&text.chars().take(MAX_NAME_CHARS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_gives_nothing() {
        assert_eq!(describe(b""), None);
        assert_eq!(describe(b"-----BEGIN CERTIFICATE-----"), None);
        assert_eq!(describe(&[0x30; 4096]), None);
    }

    #[test]
    fn names_are_bounded_and_harmless() {
        assert_eq!(kept("CN=\u{1b}[31mevil\u{202e}"), "CN=\\u{1b}[31mevil\\u{202e}");
        assert_eq!(kept(&"x".repeat(1000)).len(), MAX_NAME_CHARS);
    }
}
