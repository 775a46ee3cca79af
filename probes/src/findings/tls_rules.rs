//! Rules about TLS handshakes and certificates.

use super::certificate_owner::{Owner, owner};
use super::clock_rules::Clock;
use super::finding::{ENDPOINTS, HOSTS, Words};
use super::host_view::{AddressView, HostView, list};
use super::{Code, Finding};
use crate::observation::{Certificate, TcpOutcome, TlsOutcome};
use crate::plan::Plan;
use crate::status::Severity;

pub(super) fn judge(clock: &Clock, plan: &Plan, view: &HostView<'_>) -> Vec<Finding> {
    let used = view.in_use();
    let owner = |address: &AddressView<'_>| owner(address.leaf()?, view, plan);
    let mut findings: Vec<Finding> = Vec::new();
    for address in &used {
        let Some(code) = code_of(address) else { continue };
        if clock.explains(address) {
            continue;
        }
        let named = (code == Code::CertificateName).then(|| owner(address)).flatten();
        let same: Vec<&AddressView<'_>> = used
            .iter()
            .filter(|other| code_of(other) == Some(code))
            .filter(|other| code != Code::CertificateName || owner(other) == named)
            .copied()
            .collect();
        let severity =
            if used.iter().any(|other| other.works()) { Severity::Warn } else { Severity::Fail };
        let (code, words) = match named {
            Some(owner) => of_other_names(&owner, &same),
            None => (code, words(code, &same)),
        };
        let finding = Finding::of_host(view, code, severity, words);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn code_of(address: &AddressView<'_>) -> Option<Code> {
    if address.seen.tcp.outcome == TcpOutcome::Reset {
        return Some(Code::ConnectReset);
    }
    Some(match address.tls_outcome()? {
        TlsOutcome::Completed | TlsOutcome::NotFinished => return None,
        TlsOutcome::NameMismatch => Code::CertificateName,
        TlsOutcome::Expired => Code::CertificateExpired,
        TlsOutcome::NotYetValid => Code::CertificateNotYetValid,
        TlsOutcome::UnknownIssuer => Code::CertificateIssuer,
        TlsOutcome::Stalled => Code::HandshakeStalled,
        TlsOutcome::Alert { .. } => Code::HandshakeAlert,
        TlsOutcome::Reset => Code::ConnectReset,
        TlsOutcome::Closed | TlsOutcome::NotTls { .. } => Code::NotTls,
        TlsOutcome::BadCertificate { .. } | TlsOutcome::Failed { .. } => Code::HandshakeFailed,
    })
}

/// The certificate is for other names, and they tell whose it is.
fn of_other_names(owner: &Owner, same: &[&AddressView<'_>]) -> (Code, Words) {
    let Owner { service, region, instead_of } = owner;
    match instead_of {
        Some(own) => (
            Code::CertificateRegion,
            Words::new(
                other_names(same),
                format!(
                    "What answers at this address is {service} in {region}, and the name is one of {own}, so programs refuse it. The usual cause is a private hosted zone or an endpoint that was copied from a template of the other Region."
                ),
                format!(
                    "Make {HOSTS} resolve to the endpoint in {own}: delete the record or the private hosted zone that leads to {region}. Where the {ENDPOINTS} does not exist in this VPC, create it."
                ),
            ),
        ),
        None => (
            Code::CertificateName,
            Words::new(
                other_names(same),
                format!(
                    "The certificate is that of {service} in {region}: the name points at the endpoint of another service."
                ),
                lead_to_its_own(),
            ),
        ),
    }
}

/// `10.0.1.5: the certificate is for ecs.eu-west-1.amazonaws.com`
fn other_names(same: &[&AddressView<'_>]) -> String {
    let addresses = list(same.iter().map(|address| &address.address));
    let leaf = same.first().and_then(|address| address.leaf());
    format!("{addresses}: the certificate is for {}", leaf.map_or_else(|| "?".to_owned(), names))
}

fn lead_to_its_own() -> String {
    format!(
        "Make {HOSTS} resolve to the network interfaces of its own endpoint: correct the private hosted zone or the hosts file."
    )
}

fn words(code: Code, same: &[&AddressView<'_>]) -> Words {
    let addresses = list(same.iter().map(|address| &address.address));
    let what = same.first().map_or_else(String::new, |address| address.words());
    let leaf = same.first().and_then(|address| address.leaf());
    let field = |get: fn(&Certificate) -> String| leaf.map_or_else(|| "?".to_owned(), get);
    match code {
        Code::CertificateName => Words::new(
            other_names(same),
            "What answers at this address serves other names. The name points at the endpoint of another service, at another Region's, or at a proxy.",
            lead_to_its_own(),
        ),
        Code::CertificateExpired => Words::new(
            format!(
                "{addresses}: valid until {}, issued by {}",
                field(|c| c.not_after.clone()),
                field(|c| c.issuer.clone())
            ),
            "By this machine's clock the certificate has expired. AWS renews its certificates in time: this one is of something in between, or the clock is ahead.",
            "Check the clock of this machine. If it is right, renew the certificate of the proxy or inspection that answers in place of AWS.",
        ),
        Code::CertificateNotYetValid => Words::new(
            format!(
                "{addresses}: valid from {}, issued by {}",
                field(|c| c.not_before.clone()),
                field(|c| c.issuer.clone())
            ),
            "By this machine's clock the certificate is not valid yet. Either the clock is behind, or the certificate is of something between this machine and AWS.",
            "Check the clock of this machine. If it is right, look for the proxy or inspection that answers in place of AWS.",
        ),
        Code::CertificateIssuer => Words::new(
            format!("{addresses}: issued by {}", field(|c| c.issuer.clone())),
            "The certificate comes from none of the trusted authorities. A TLS inspection between this machine and AWS puts its own in place. The ECS agent carries a list of its own and fails as well, unless the authority is in the trust store of the instance and ecs-init hands that over to it.",
            format!(
                "Exempt {HOSTS} from TLS inspection. If the authority is yours and trusted by everything that matters, name it with --ca-file."
            ),
        ),
        Code::ConnectReset => Words::new(
            format!("{addresses}: connection reset"),
            "Something on the way, such as a firewall or a TLS inspection, ends the connection. A firewall that filters by server name (SNI) does so once it has read the name.",
            format!(
                "Look for a firewall between this subnet and the endpoint (AWS Network Firewall, a Gateway Load Balancer, an appliance), and allow TCP 443 and {HOSTS} there."
            ),
        ),
        Code::HandshakeStalled => Words::new(
            format!("{addresses}: connected, then no complete answer"),
            "The connection is made, but the server's certificate does not arrive. When small packets pass and large ones do not, the cause is the path's MTU; otherwise a firewall that holds the connection, or an overloaded server.",
            "Try with a smaller MTU on this machine (ip link set dev eth0 mtu 1400). Over a transit gateway, VPN or appliance, let ICMP type 3 code 4 pass or clamp the TCP MSS there.",
        ),
        Code::HandshakeAlert => Words::new(
            format!("{addresses}: {what}"),
            "A server answered and refused the handshake. It does not serve this name, or a firewall filters by server name (SNI).",
            format!(
                "Allow {HOSTS} in the firewall that filters by server name, or correct the address that the name resolves to."
            ),
        ),
        Code::NotTls => Words::new(
            format!("{addresses}: {what}"),
            "Something accepts the connection, but does not speak TLS: a proxy, a load balancer without target, or a wrong address.",
            format!("Compare the address with the network interfaces of the {ENDPOINTS}."),
        ),
        _ => Words::new(
            format!("{addresses}: {what}"),
            "The handshake failed for a reason that is not among the usual ones. It is given as the TLS library states it.",
            format!(
                "Compare the address with the network interfaces of the {ENDPOINTS}, and look for a proxy or inspection in between."
            ),
        ),
    }
}

fn names(certificate: &Certificate) -> String {
    let shown: Vec<_> = certificate.names.iter().take(3).cloned().collect();
    match (certificate.names.len(), shown.join(", ")) {
        (0, _) => certificate.subject.clone(),
        (all, shown) if all > 3 => format!("{shown} and {} more", all - 3),
        (_, shown) => shown,
    }
}
