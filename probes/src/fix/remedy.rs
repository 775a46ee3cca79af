//! What mends what was found.

use crate::findings::Code;

/// What mends a finding, as far as it can be written down for somebody else to run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Remedy {
    /// An interface endpoint, or private DNS names for the one that is there.
    InterfaceEndpoint,
    /// A rule in the endpoint's security group.
    SecurityGroup,
    /// A route to the gateway endpoint, where the endpoint is one.
    GatewayEndpoint,
    /// More hops for the instance metadata.
    HopLimit,
    /// A restart of the ECS agent.
    AgentRestart,
    /// What the finding says is to be changed, by hand.
    ByHand,
}

impl Remedy {
    /// The remedy for a finding.
    pub(super) fn of(code: Code) -> Self {
        match code {
            Code::PublicAddress => Self::InterfaceEndpoint,
            Code::ConnectTimeout => Self::SecurityGroup,
            Code::NoWayOut | Code::S3RouteMissing => Self::GatewayEndpoint,
            Code::InstanceMetadataHopLimit => Self::HopLimit,
            Code::EcsEndpointsPartial | Code::EcsAgentStale | Code::EcsAgentDisconnected => {
                Self::AgentRestart
            }
            _ => Self::ByHand,
        }
    }
}

/// Whether one of the findings about a host name gives another cause, so that neither an endpoint nor
/// a rule of its security group is what is missing.
pub(super) fn are_explained_otherwise(codes: &[Code]) -> bool {
    // A private name whose zone lacks another one is in nobody's way.
    let is_private = codes.contains(&Code::ConnectTimeout);
    let explains = |code: &Code| {
        matches!(
            code,
            Code::PinnedName
                | Code::ResolversDisagree
                | Code::NotForwarded
                | Code::MisnamedZone
                | Code::PrivateElsewhere
        ) || (*code == Code::IncompleteZone && !is_private)
    };
    codes.iter().any(explains)
}
