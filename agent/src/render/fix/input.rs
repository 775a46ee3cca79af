//! The ids that a fix needs: filled in where they are known, asked for where they are not.

use std::collections::BTreeSet;

use vpce_probes::fix::{Fix, FixPlace, Step};

/// Something that has to be known.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Input {
    /// The VPC.
    Vpc,
    /// The subnets of new endpoints.
    Subnets,
    /// The ranges of the VPC.
    Ranges,
    /// The security group of endpoints that are there.
    EndpointGroup,
    /// The route tables of the subnets.
    RouteTables,
    /// The instance.
    Instance,
}

impl Input {
    /// What the steps of a fix need.
    pub(super) fn of(fix: &Fix) -> BTreeSet<Self> {
        let of_step = |step: &Step| match step {
            Step::OpenSecurityGroups(_) => vec![Self::Ranges, Self::EndpointGroup],
            Step::EnableVpcDns => vec![Self::Vpc],
            Step::CreateSecurityGroup => vec![Self::Vpc, Self::Ranges],
            Step::CreateInterfaceEndpoint(_) => vec![Self::Vpc, Self::Subnets],
            Step::RouteToGateway(_) => vec![Self::Vpc, Self::RouteTables],
            Step::RaiseHopLimit(_) => vec![Self::Instance],
            Step::Advice(_) | Step::RestartAgents(_) => Vec::new(),
        };
        fix.steps.iter().flat_map(of_step).collect()
    }

    /// The values, as far as they are known. All of them are of a checked form.
    pub(super) fn known(self, place: &FixPlace) -> Vec<String> {
        match self {
            Self::Vpc => place.vpc.iter().map(ToString::to_string).collect(),
            Self::Subnets => place.subnet.iter().map(ToString::to_string).collect(),
            Self::Ranges => place.vpc_ranges.iter().map(ToString::to_string).collect(),
            Self::Instance => place.instance.iter().map(ToString::to_string).collect(),
            Self::EndpointGroup | Self::RouteTables => Vec::new(),
        }
    }

    /// What a person has to know about it, in one line.
    pub(super) fn about(self, place: &FixPlace) -> String {
        match self {
            Self::Vpc => "The VPC".to_owned(),
            Self::Subnets => {
                let known = match (&place.subnet, &place.zone) {
                    (Some(subnet), Some(zone)) => {
                        format!("; {subnet} is only that of this place, in {zone}")
                    }
                    (Some(subnet), None) => format!("; {subnet} is only that of this place"),
                    (None, _) => String::new(),
                };
                format!("One subnet in each Availability Zone that instances or tasks use{known}")
            }
            Self::Ranges => {
                let subnets: Vec<String> =
                    place.subnet_ranges.iter().map(ToString::to_string).collect();
                let of_this_place = match (place.vpc_ranges.is_empty(), subnets.is_empty()) {
                    (true, false) => format!("; this place is in {}", subnets.join(", ")),
                    _ => String::new(),
                };
                format!("The ranges of the VPC, which may use the endpoints{of_this_place}")
            }
            Self::EndpointGroup => {
                "The security group of the endpoints that do not answer".to_owned()
            }
            Self::RouteTables => "The route tables of the subnets that need Amazon S3".to_owned(),
            Self::Instance => "The instance".to_owned(),
        }
    }
}

/// How to find the route table of the place that the report comes from.
pub(super) fn route_table_of(place: &FixPlace) -> String {
    match &place.subnet {
        Some(subnet) => format!(
            "aws ec2 describe-route-tables --filters Name=association.subnet-id,Values={subnet}"
        ),
        None => {
            "aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=SUBNET_ID"
                .to_owned()
        }
    }
}
