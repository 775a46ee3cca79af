//! Kinds of places, as far as the needs of endpoints go.

use serde::{Deserialize, Serialize};

use crate::surroundings::{LaunchType, Surroundings};

/// A kind of place with needs of its own.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Profile {
    /// A container instance with the ECS agent, or a task on one.
    Ec2,
    /// A task on Fargate.
    Fargate,
    /// An instance managed by Systems Manager.
    Ssm,
    /// A machine outside AWS, registered with ECS Anywhere.
    External,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] = [Self::Ec2, Self::Fargate, Self::Ssm, Self::External];

    /// The word used in the catalog, on the command line and in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::Fargate => "fargate",
            Self::Ssm => "ssm",
            Self::External => "external",
        }
    }
}

/// The profile of the place that the surroundings describe.
///
/// A machine that says nothing about itself gets the profile of a container instance: that is what
/// this program is installed on, and in user-data the ECS configuration may not be written yet.
pub fn profile_of(surroundings: &Surroundings) -> Profile {
    match surroundings.launch_type.value() {
        Some(LaunchType::FargateTask) => Profile::Fargate,
        Some(LaunchType::External) => Profile::External,
        Some(LaunchType::Ec2Task | LaunchType::ContainerInstance | LaunchType::Ec2Instance)
        | None => Profile::Ec2,
    }
}
