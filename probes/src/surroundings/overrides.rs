//! What the caller knows better than the surroundings tell.

use ipnet::IpNet;

use super::LaunchType;

/// Facts given by options. Each wins over what the surroundings tell.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Region.
    pub region: Option<String>,
    /// Account id.
    pub account: Option<String>,
    /// Ranges of the VPC, and of any other network in which endpoints may be.
    pub vpc_cidrs: Vec<IpNet>,
    /// Kind of place.
    pub launch_type: Option<LaunchType>,
    /// Fargate platform version.
    pub platform_version: Option<String>,
}
