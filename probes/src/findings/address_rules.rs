//! Rules about what kinds of addresses a name resolves to.

use std::net::IpAddr;

use super::advice::may_be_by_gateway;
use super::cause::{self, Cause};
use super::finding::{ENDPOINTS, HOSTS, Words};
use super::host_view::{AddressView, HostView, list};
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::catalog::Expectation;
use crate::status::Severity;
use crate::surroundings::{ResolverKind, Surroundings};

pub(super) fn judge(surroundings: &Surroundings, view: &HostView<'_>) -> Vec<Finding> {
    let of_class = |class| -> Vec<IpAddr> {
        view.in_use().iter().filter(|address| address.class == class).map(|a| a.address).collect()
    };
    let mut findings = Vec::new();
    let unusable = of_class(AddressClass::Unusable);
    if !unusable.is_empty() {
        findings.push(unusable_address(view, &unusable));
    }
    if view.endpoint.expectation != Expectation::Private {
        return findings;
    }
    let public = of_class(AddressClass::Public);
    if view.is_public() {
        findings.push(public_address(surroundings, view, &public));
    } else if !public.is_empty() {
        findings.push(mixed(view, &public));
    }
    let elsewhere = of_class(AddressClass::PrivateElsewhere);
    if !elsewhere.is_empty() {
        findings.push(private_elsewhere(surroundings, view, &elsewhere));
    }
    let undecidable = of_class(AddressClass::Unknown);
    if !undecidable.is_empty() {
        findings.push(undecidable_address(view, &undecidable));
    }
    findings
}

fn public_address(surroundings: &Surroundings, view: &HostView<'_>, public: &[IpAddr]) -> Finding {
    let used = view.in_use();
    let works = used.iter().any(|address| address.works());
    let way = if works && may_be_by_gateway(surroundings, view) {
        "It answers: the traffic goes through a gateway endpoint, or leaves the VPC through a NAT or internet gateway"
    } else if works {
        "It answers: the traffic leaves the VPC through a NAT or internet gateway"
    } else if used.iter().any(|address| address.connects()) {
        "It can be reached from here, but the TLS handshake does not complete"
    } else if used.iter().all(|address| AddressView::is_unfinished(address)) {
        "Whether it answers is not known"
    } else {
        "It does not answer either: this subnet has no way out, or a rule drops the connection"
    };
    let (why, change) = public_because(surroundings, view);
    Finding::of_host(
        view,
        Code::PublicAddress,
        Severity::Fail,
        Words::new(
            format!("{} (public)", list(public)),
            format!("The name resolves to a public address: {why}. {way}."),
            change,
        ),
    )
}

/// Why a name is public, and what to change.
fn public_because(surroundings: &Surroundings, view: &HostView<'_>) -> (String, String) {
    let create = match &view.endpoint.endpoint_service_name {
        Some(_) => format!(
            "Create the interface {ENDPOINTS} in this VPC with private DNS names enabled. Where one exists, enable its private DNS names, and enableDnsSupport and enableDnsHostnames of the VPC."
        ),
        None => format!("Make {HOSTS} resolve to the private addresses of its endpoint."),
    };
    let missing = "there is no endpoint for it in this VPC, or its private DNS is off";
    if view.is_pinned_away() {
        let why = "the hosts file sends it there, past what the resolvers say";
        return (why.to_owned(), create);
    }
    match cause::of(surroundings, view) {
        Cause::ToldBy(code, why) => {
            (format!("{why} ({code})"), format!("Follow {code}."))
        }
        Cause::AmazonAgrees { server, .. } => (
            format!(
                "the Amazon-provided resolver ({server}) has no private address for it either, so there is no endpoint for it in this VPC, its private DNS is off, or enableDnsSupport or enableDnsHostnames of the VPC is off"
            ),
            create,
        ),
        Cause::NotKnown => match custom_resolvers(surroundings) {
            Some(custom) => (
                "the resolver does not know the private names of endpoints, or there is no endpoint for it in this VPC".to_owned(),
                format!(
                    "This machine asks {custom}, which is not the Amazon-provided resolver, and only that one knows the private names of endpoints: forward {} to it. {create}",
                    suffix(surroundings)
                ),
            ),
            None => (missing.to_owned(), create),
        },
    }
}

fn mixed(view: &HostView<'_>, public: &[IpAddr]) -> Finding {
    let private: Vec<IpAddr> = view
        .in_use()
        .iter()
        .filter(|address| address.class.is_private())
        .map(|address| address.address)
        .collect();
    let only_ipv6_is_public =
        public.iter().all(IpAddr::is_ipv6) && private.iter().all(IpAddr::is_ipv4);
    let (meaning, change) = if only_ipv6_is_public {
        (
            "Programs that prefer IPv6, as most do, go past the endpoint, which has IPv4 addresses only.",
            format!(
                "Set the IP address type and the DNS record type of the {ENDPOINTS} to dualstack, or remove the public addresses from the private hosted zone."
            ),
        )
    } else {
        (
            "Some connections go through the endpoint and some do not, by chance. A record made by hand is the usual cause.",
            "Remove the public addresses from the private hosted zone or the hosts file."
                .to_owned(),
        )
    };
    Finding::of_host(
        view,
        Code::MixedAddresses,
        Severity::Fail,
        Words::new(format!("{} (public) beside {}", list(public), list(&private)), meaning, change),
    )
}

fn private_elsewhere(
    surroundings: &Surroundings,
    view: &HostView<'_>,
    elsewhere: &[IpAddr],
) -> Finding {
    let ranges: Vec<_> =
        surroundings.vpc_cidrs.value().into_iter().flatten().map(ToString::to_string).collect();
    let works = elsewhere
        .iter()
        .all(|address| view.addresses.iter().any(|seen| seen.address == *address && seen.works()));
    let way = if works { "They answer" } else { "Not all of them answer" };
    Finding::of_host(
        view,
        Code::PrivateElsewhere,
        Severity::Warn,
        Words::new(
            format!("{}: outside {}", list(elsewhere), ranges.join(", ")),
            format!(
                "The addresses are private, but not of this VPC. That is right for endpoints in a central VPC, reached through peering or a transit gateway, and wrong when a private hosted zone of another VPC or of an endpoint that is gone is still associated. {way}."
            ),
            "If the endpoints are in a central VPC, name its range with --vpc-cidr. If not, correct the private hosted zone.",
        ),
    )
}

fn unusable_address(view: &HostView<'_>, unusable: &[IpAddr]) -> Finding {
    Finding::of_host(
        view,
        Code::UnusableAddress,
        Severity::Fail,
        Words::new(
            list(unusable),
            "No endpoint can have such an address. A DNS filter that blocks the name, or a placeholder left in a zone or hosts file, gives it.",
            format!(
                "Allow {HOSTS} in the DNS filter (Route 53 Resolver DNS Firewall, or that of a resolver of your own), or remove the placeholder."
            ),
        ),
    )
}

fn undecidable_address(view: &HostView<'_>, undecidable: &[IpAddr]) -> Finding {
    // One zone answers for both families: what has a private address does not come from public DNS.
    let beside_private = view.in_use().iter().any(|address| address.class.is_private());
    let (severity, meaning) = if beside_private {
        (
            Severity::Info,
            "The address is globally routable, as are addresses of this VPC, and the ranges of the VPC are not told here. The name has private addresses too, so this one is most likely the endpoint's as well.",
        )
    } else {
        (
            Severity::Unknown,
            "The address is globally routable, as are addresses of this VPC, and the ranges of the VPC are not told here. It may be that of an endpoint in another subnet, or a public one.",
        )
    };
    Finding::of_host(
        view,
        Code::UndecidableAddress,
        severity,
        Words::new(
            list(undecidable),
            meaning,
            "Name the VPC's ranges with --vpc-cidr, once for each.",
        ),
    )
}

/// The configured resolvers, when not one of them is Amazon's or a stub.
pub(crate) fn custom_resolvers(surroundings: &Surroundings) -> Option<String> {
    // Without all ranges of the VPC, Amazon's resolver at the base address plus two is not
    // recognised.
    if !surroundings.vpc_ranges_told {
        return None;
    }
    let servers = &surroundings.resolvers.value()?.servers;
    servers
        .iter()
        .all(|server| server.kind == ResolverKind::Other)
        .then(|| list(servers.iter().map(|server| &server.address)))
}

/// What AWS host names end in here.
pub(super) fn suffix(surroundings: &Surroundings) -> &str {
    surroundings.dns_suffix.value().map_or("amazonaws.com", String::as_str)
}
