//! What to change about a connection, by what the name should lead to.

use super::address_rules::suffix;
use super::finding::{ENDPOINTS, HOSTS};
use super::host_view::HostView;
use crate::catalog::{EndpointKind, Expectation};
use crate::surroundings::{LaunchType, Surroundings};

/// What gateway endpoints lead to, as the first word of a label in its names.
/// Source: AWS `PrivateLink` Guide, "Gateway endpoints".
const GATEWAY_SERVICES: [&str; 3] = ["s3", "s3express", "dynamodb"];

/// How to let connections to port 443 pass.
pub(super) fn let_pass(surroundings: &Surroundings, view: &HostView<'_>) -> String {
    if let Some(region) = view.endpoint.region.as_ref().filter(|_| !is_outside(surroundings)) {
        return format!(
            "For a private address, check the security group of the endpoint in {region}, or of the cross-Region endpoint, and the routes of both VPCs (peering, transit gateway). For a public one, check the route to a NAT gateway. This machine's security group must allow outbound TCP 443."
        );
    }
    match view.endpoint.expectation {
        Expectation::Private => {
            let subnets: Vec<_> = surroundings
                .subnet_cidrs
                .value()
                .into_iter()
                .flatten()
                .map(ToString::to_string)
                .collect();
            let from =
                if subnets.is_empty() { "this subnet".to_owned() } else { subnets.join(", ") };
            format!(
                "Allow inbound TCP 443 from {from} in the security group of the {ENDPOINTS}. Then check this machine's security group (outbound TCP 443) and the network ACLs of both subnets (replies go to ports 1024-65535)."
            )
        }
        Expectation::Gateway => format!(
            "Create the gateway {ENDPOINTS} and associate it with the route table of this subnet. In this machine's security group, allow outbound TCP 443 to the prefix list of S3 in the Region."
        ),
        Expectation::Reachable if is_outside(surroundings) => {
            format!("Allow outbound TCP 443 to {HOSTS} in the firewall.")
        }
        Expectation::Reachable => {
            "Add a route to a NAT gateway, create a VPC endpoint for the service, or allow outbound TCP 443.".to_owned()
        }
    }
}

/// How to find out whether an address is the right one.
pub(super) fn compare(view: &HostView<'_>) -> String {
    match view.endpoint.expectation {
        Expectation::Private => {
            format!("Compare the address with the network interfaces of the {ENDPOINTS}.")
        }
        Expectation::Gateway | Expectation::Reachable => {
            format!("Compare the address with what the Amazon-provided resolver says of {HOSTS}.")
        }
    }
}

/// Whether this is a machine outside AWS, where public addresses are right.
pub(super) fn is_outside(surroundings: &Surroundings) -> bool {
    surroundings.launch_type.value() == Some(&LaunchType::External)
}

/// Whether a gateway endpoint may lead to the public addresses of a name. Of one that the caller gave,
/// no more is known than the name.
pub(super) fn may_be_by_gateway(surroundings: &Surroundings, view: &HostView<'_>) -> bool {
    let first_word = |label: &str| label.split('-').next().map(str::to_ascii_lowercase);
    match view.endpoint.kind {
        Some(kind) => kind == EndpointKind::Gateway,
        None => {
            view.host.ends_with(suffix(surroundings))
                && view
                    .host
                    .split('.')
                    .filter_map(first_word)
                    .any(|word| GATEWAY_SERVICES.contains(&word.as_str()))
        }
    }
}
