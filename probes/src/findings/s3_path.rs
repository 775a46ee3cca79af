//! Which way connections to Amazon S3 take, as far as it is known.

use serde::{Deserialize, Serialize};

use super::advice::is_outside;
use super::egress::Egress;
use super::finding::{Words, weighed};
use super::host_view::{AddressView, HostView};
use super::{Code, Finding};
use crate::address_class::AddressClass;
use crate::status::Severity;
use crate::surroundings::Surroundings;

/// Which way connections to one host name of Amazon S3 take.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct S3Path {
    /// What they go through.
    pub through: S3Way,
    /// The id of the VPC endpoint, where its certificate names it: `vpce-0a1b2c3d4e5f60718`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint: Option<String>,
    /// What shows it, or why it is not known.
    pub why: String,
}

/// What connections to Amazon S3 go through.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum S3Way {
    /// An interface endpoint.
    InterfaceEndpoint,
    /// The gateway endpoint of the VPC.
    GatewayEndpoint,
    /// It cannot be told.
    Unknown,
}

impl S3Path {
    fn unknown(why: impl Into<String>) -> Self {
        Self { through: S3Way::Unknown, vpc_endpoint: None, why: why.into() }
    }

    /// In a few words; `None` where it is not known.
    pub fn words(&self) -> Option<String> {
        match (self.through, &self.vpc_endpoint) {
            (S3Way::InterfaceEndpoint, Some(id)) => Some(format!("interface endpoint {id}")),
            (S3Way::InterfaceEndpoint, None) => Some("interface endpoint".to_owned()),
            (S3Way::GatewayEndpoint, _) => Some("gateway endpoint (no other way out)".to_owned()),
            (S3Way::Unknown, _) => None,
        }
    }
}

/// The path to a name of Amazon S3 that was reached; `None` for all others.
pub(super) fn path(
    surroundings: &Surroundings,
    egress: &Egress,
    view: &HostView<'_>,
) -> Option<S3Path> {
    let reached = reached(view);
    if view.endpoint.service != "s3" || reached.is_empty() {
        return None;
    }
    let mut ids: Vec<String> = reached.iter().filter_map(|address| vpc_endpoint(address)).collect();
    if ids.len() == reached.len() {
        ids.sort();
        ids.dedup();
        return Some(S3Path {
            through: S3Way::InterfaceEndpoint,
            vpc_endpoint: Some(ids.join(", ")),
            why: "the certificate holds names of this endpoint".to_owned(),
        });
    }
    let other_region = view.endpoint.region.as_deref().filter(|_| ids.is_empty());
    Some(if let Some(region) = other_region {
        S3Path::unknown(format!(
            "no certificate names a VPC endpoint, and no gateway endpoint of this VPC leads to Amazon S3 in {region}"
        ))
    } else if !ids.is_empty() {
        S3Path::unknown(
            "the certificates of some addresses name a VPC endpoint, and those of others do not",
        )
    } else if !is_public(&reached) {
        S3Path::unknown("not all addresses are public, and no certificate names a VPC endpoint")
    } else if is_outside(surroundings) {
        S3Path::unknown("this machine is outside AWS, from where no gateway endpoint is reached")
    } else {
        by_egress(egress, &reached)
    })
}

/// Public addresses are reached through the gateway endpoint where there is no other way.
fn by_egress(egress: &Egress, reached: &[&AddressView<'_>]) -> S3Path {
    match egress {
        Egress::NotAsked => S3Path::unknown(
            "a gateway endpoint and a NAT gateway look the same from here; --check-egress looks for another way out",
        ),
        Egress::Open(seen) => S3Path::unknown(format!("there is another way out: {seen}")),
        Egress::Unknown(why) => S3Path::unknown(why.clone()),
        Egress::Closed { hosts, ipv4, ipv6 } => {
            let is_told = |address: &&AddressView<'_>| match address.address.is_ipv4() {
                true => *ipv4,
                false => *ipv6,
            };
            if !reached.iter().all(is_told) {
                return S3Path::unknown(
                    "the control connections have no addresses of the same family",
                );
            }
            S3Path {
                through: S3Way::GatewayEndpoint,
                vpc_endpoint: None,
                why: format!(
                    "Amazon S3 answers here, and there is no other way out: no answer from {}. A firewall that lets out nothing but Amazon S3 of this Region would look the same",
                    hosts.join(", ")
                ),
            }
        }
    }
}

/// One finding for all names whose path stays unknown because there is another way out.
pub(super) fn judge(
    surroundings: &Surroundings,
    egress: &Egress,
    views: &[HostView<'_>],
) -> Option<Finding> {
    let Egress::Open(seen) = egress else { return None };
    if is_outside(surroundings) {
        return None;
    }
    let is_open = |view: &&HostView<'_>| {
        view.endpoint.region.is_none()
            && is_public(&reached(view))
            && path(surroundings, egress, view).is_some()
    };
    let concerned: Vec<&HostView<'_>> = views.iter().filter(is_open).collect();
    let need = concerned.iter().map(|view| view.endpoint.need).max()?;
    let finding = Finding::general(
        Code::S3PathUnknown,
        weighed(Severity::Info, need),
        Words::new(
            seen.clone(),
            "There is another way out of this network than a gateway endpoint, such as a NAT gateway. Amazon S3 answers, and it cannot be told from here which of the two ways it takes.",
            "Look for a route to the prefix list of Amazon S3 (pl-...) whose target is a VPC endpoint (vpce-...) in the route table of this subnet: aws ec2 describe-route-tables.",
        ),
    );
    let hosts = concerned.iter().map(|view| view.host.to_owned()).collect();
    Some(Finding { services: vec!["s3".to_owned()], hosts, ..finding })
}

fn reached<'v, 'a>(view: &'v HostView<'a>) -> Vec<&'v AddressView<'a>> {
    view.in_use().into_iter().filter(|address| address.works()).collect()
}

fn is_public(reached: &[&AddressView<'_>]) -> bool {
    reached.iter().all(|address| address.class == AddressClass::Public)
}

/// The id of the interface endpoint whose own names the certificate holds. The wildcard name
/// `*.s3.REGION.vpce.amazonaws.com` is in the public certificate of Amazon S3 too, and shows nothing.
fn vpc_endpoint(address: &AddressView<'_>) -> Option<String> {
    let names = &address.leaf()?.names;
    names.iter().flat_map(|name| name.split('.')).find_map(endpoint_id).map(str::to_owned)
}

/// `vpce-0a1b2c3d4e5f60718` of the label `vpce-0a1b2c3d4e5f60718-9zyxwvut`.
fn endpoint_id(label: &str) -> Option<&str> {
    let digits = label.strip_prefix("vpce-")?.split('-').next()?;
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_id = matches!(digits.len(), 8 | 17) && digits.bytes().all(is_hex);
    is_id.then(|| label.get(..digits.len() + "vpce-".len()))?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_tell_the_endpoint_and_wildcards_do_not() {
        let id = "vpce-0a1b2c3d4e5f60718";
        assert_eq!(endpoint_id("vpce-0a1b2c3d4e5f60718-9zyxwvut"), Some(id));
        assert_eq!(endpoint_id("vpce-0a1b2c3d4e5f60718-9zyxwvut-us-east-1a"), Some(id));
        assert_eq!(endpoint_id(id), Some(id));
        assert_eq!(endpoint_id("vpce-1a2b3c4d"), Some("vpce-1a2b3c4d"));
        for label in ["*", "vpce", "vpce-", "vpce-svc-0a1b2c3d", "vpce-0A1B2C3D", "xvpce-1a2b3c4d"]
        {
            assert_eq!(endpoint_id(label), None, "{label}");
        }
    }

    proptest! {
        #[test]
        fn any_label_is_read_without_panic(label in "(vpce-)?\\PC{0,24}") {
            let _ = endpoint_id(&label);
        }
    }
}
