//! What would mend what a report found, as steps that somebody else writes down and runs. Pure, and
//! nothing here changes anything.

mod cause;
mod id;
mod place;
mod remedy;
mod steps;

use thiserror::Error;

pub use self::id::Id;
pub use self::place::FixPlace;
use self::remedy::Remedy;
use self::steps::Steps;
use crate::catalog::Catalog;
use crate::findings::Code;
use crate::report::Report;

/// Everything that would mend a place, in the order in which it is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// Where it is to be done.
    pub place: FixPlace,
    /// What is to be done. Empty: there is nothing to mend.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A person has to look at something first, or do it by hand: a comment in every format.
    Advice(String),
    /// Let TCP 443 from the VPC into the security groups of endpoints that are there.
    OpenSecurityGroups(OpenSecurityGroups),
    /// Switch on DNS support and DNS host names of the VPC, without which no endpoint has private
    /// names.
    EnableVpcDns,
    /// Create a security group for new endpoints, which lets in TCP 443 from the VPC.
    CreateSecurityGroup,
    /// Create an interface endpoint with private DNS names, or enable those of the one there is:
    /// which of the two is not known from within the VPC.
    CreateInterfaceEndpoint(InterfaceEndpoint),
    /// Create the gateway endpoint for Amazon S3, or add the route table of this subnet to it.
    RouteToGateway(Gateway),
    /// Let answers of the instance metadata pass one more hop.
    RaiseHopLimit(Vec<String>),
    /// Restart the ECS agents that ran before.
    RestartAgents(Vec<String>),
}

/// Endpoints whose security groups drop what this place sends.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenSecurityGroups {
    /// The names under which the endpoints were created: `com.amazonaws.us-east-1.ecs`.
    pub service_names: Vec<Id>,
    /// What was seen, one line for each host name.
    pub seen: Vec<String>,
}

/// An interface endpoint that is missing, or whose private DNS is off.
#[derive(Clone, Debug, PartialEq)]
pub struct InterfaceEndpoint {
    /// The service: `ecr.api`.
    pub service: Id,
    /// The name under which the endpoint is created: `com.amazonaws.us-east-1.ecr.api`.
    pub service_name: Id,
    /// The service whose endpoint has to be there before this one.
    pub after: Option<Id>,
    /// What was seen, one line for each host name.
    pub seen: Vec<String>,
}

/// A gateway endpoint that is missing, or that this subnet's route table does not lead to.
#[derive(Clone, Debug, PartialEq)]
pub struct Gateway {
    /// The service: `s3`.
    pub service: Id,
    /// The name under which the endpoint is created: `com.amazonaws.us-east-1.s3`.
    pub service_name: Id,
    /// What was seen, one line for each host name.
    pub seen: Vec<String>,
}

/// Why no fix can be written.
#[derive(Debug, Error, PartialEq)]
pub enum FixError {
    /// Without a Region endpoints have no names.
    #[error("the Region is not known: give it with --region")]
    RegionUnknown,
    /// The Region is not a name of a Region, or of no partition.
    #[error("{0} belongs to no known partition")]
    PartitionUnknown(String),
}

impl Fix {
    /// The fix for what a report found; only for these services when there are any. A service that
    /// the report has not checked is taken as missing, because the caller names it.
    ///
    /// # Errors
    /// When the report's Region is not known, or is none.
    pub fn of(report: &Report, catalog: &Catalog, services: &[String]) -> Result<Self, FixError> {
        let place = FixPlace::of(report)?;
        let steps = Steps::of(report, catalog, services, &place.region).in_order();
        Ok(Self { place, steps })
    }
}

/// Whether a fix can mend a finding of this code. For all others it repeats what is to be changed, for a
/// person.
pub fn can_mend(code: Code) -> bool {
    Remedy::of(code) != Remedy::ByHand
}

#[cfg(test)]
mod tests;
