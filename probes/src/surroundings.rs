//! Where am I? Facts about this machine or task, each with where it came from or why it is missing.

mod amazon_resolvers;
mod bounded_file;
mod clock;
mod detect;
mod ecs_config;
mod fact;
pub(crate) mod forms;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod hosts_file;
mod imds;
mod interfaces;
mod join;
mod overrides;
mod proxy;
mod proxy_value;
mod resolv_conf;
mod task_container;
mod task_metadata;

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use self::detect::{Outside, detect};
pub(crate) use self::ecs_config::EcsConfig;
pub use self::fact::{Absence, AbsenceReason, Fact, Source};
pub(crate) use self::forms::is_account_id;
pub use self::hosts_file::HostsFile;
pub use self::interfaces::Interface;
pub use self::overrides::Overrides;
pub(crate) use self::proxy::PROXY_VARIABLES;
pub use self::proxy::ProxySettings;
pub(crate) use self::proxy_value::without_credentials;
pub use self::resolv_conf::{AMAZON_RESOLVERS, ResolverAddress, ResolverKind, ResolverSettings};
pub use self::task_container::TaskContainer;
use crate::address_class::VpcRanges;
use crate::observation::Record;

/// What is known about the place where this program runs.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Surroundings {
    /// Kind of place.
    pub launch_type: Fact<LaunchType>,
    /// `awsvpc`, `bridge`, `host`, ...: how the task reaches the network.
    pub network_mode: Fact<String>,
    /// Fargate platform version: `1.4.0`.
    pub platform_version: Fact<String>,
    /// Region: `us-east-1`.
    pub region: Fact<String>,
    /// Everything that names a Region, also where two disagree.
    pub region_claims: Vec<RegionClaim>,
    /// Partition: `aws`, `aws-cn`, ...
    pub partition: Fact<String>,
    /// What AWS host names end in here: `amazonaws.com`.
    pub dns_suffix: Fact<String>,
    /// Account id: twelve digits.
    pub account_id: Fact<String>,
    /// EC2 instance id.
    pub instance_id: Fact<String>,
    /// ARN of the task.
    pub task_arn: Fact<String>,
    /// Cluster, by name or ARN.
    pub cluster: Fact<String>,
    /// Availability Zone: `us-east-1a`.
    pub availability_zone: Fact<String>,
    /// VPC id.
    pub vpc_id: Fact<String>,
    /// Every range of the VPC, primary and secondary, IPv4 and IPv6.
    #[cfg_attr(feature = "schema", schemars(with = "Fact<Vec<String>>"))]
    pub vpc_cidrs: Fact<Vec<IpNet>>,
    /// Whether the instance metadata told the ranges of the VPC, and so told all of them.
    pub vpc_ranges_told: bool,
    /// The subnets that this machine or task is attached to.
    #[cfg_attr(feature = "schema", schemars(with = "Fact<Vec<String>>"))]
    pub subnet_cidrs: Fact<Vec<IpNet>>,
    /// The subnet of this instance's primary interface.
    #[serde(default)]
    pub subnet_id: Fact<String>,
    /// The security groups of this instance's primary interface.
    #[serde(default)]
    pub security_group_ids: Fact<Vec<String>>,
    /// What `/etc/resolv.conf` says.
    pub resolvers: Fact<ResolverSettings>,
    /// Proxy settings, without credentials.
    pub proxy: ProxySettings,
    /// This machine's network interfaces and their addresses.
    pub interfaces: Fact<Vec<Interface>>,
    /// Whether the ECS agent of this machine is told to use the FIPS endpoints.
    #[serde(default)]
    pub ecs_agent_fips: Fact<bool>,
    /// Whether the ECS agent of this machine is told that there is only IPv6, so that it uses the
    /// dual-stack endpoints.
    #[serde(default)]
    pub ecs_agent_ipv6_only: Fact<bool>,
    /// Log driver of this program's own container.
    pub log_driver: Fact<String>,
    /// The containers of this program's own task.
    #[serde(default)]
    pub task_containers: Fact<Vec<TaskContainer>>,
    /// How far this machine's clock is ahead of the metadata service's, in milliseconds; negative when
    /// it is behind, zero when the task metadata say that it is synchronised.
    pub clock_offset_ms: Fact<f64>,
    /// Every source that was asked, and how that went.
    pub sources: Vec<SourceReport>,
}

impl Surroundings {
    /// The ranges that addresses are compared with.
    pub fn vpc_ranges(&self) -> VpcRanges {
        let vpc = self.vpc_cidrs.value().cloned().unwrap_or_default();
        let subnets = self.subnet_cidrs.value().cloned().unwrap_or_default();
        let complete = |ipv4: bool| self.vpc_ranges_told || holds_own_subnets(&vpc, &subnets, ipv4);
        let (complete_ipv4, complete_ipv6) = (complete(true), complete(false));
        VpcRanges { vpc, subnets, complete_ipv4, complete_ipv6 }
    }

    /// The record that asks for addresses of use here: of IPv6 only where there is no IPv4.
    pub fn usual_record(&self) -> Record {
        let has_ipv4 = self.has_family_of(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        if has_ipv4 == Some(false) { Record::Aaaa } else { Record::A }
    }

    /// Whether this machine has an address of the family of `address` that reaches further than
    /// its own link; `None` when its addresses are not known.
    pub fn has_family_of(&self, address: IpAddr) -> Option<bool> {
        self.interfaces.value().map(|interfaces| {
            interfaces
                .iter()
                .flat_map(|interface| &interface.addresses)
                .map(IpNet::addr)
                .filter(|own| own.is_ipv4() == address.is_ipv4())
                .any(|own| match own {
                    IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
                    IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
                })
        })
    }
}

/// Whether ranges given by the caller are those of this VPC: they hold its subnets of that family.
fn holds_own_subnets(vpc: &[IpNet], subnets: &[IpNet], ipv4: bool) -> bool {
    let mut own = subnets.iter().filter(|subnet| subnet.addr().is_ipv4() == ipv4).peekable();
    own.peek().is_some() && own.all(|subnet| vpc.iter().any(|range| range.contains(subnet)))
}

/// Kind of place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LaunchType {
    /// A task on Fargate.
    FargateTask,
    /// A task on an EC2 container instance.
    Ec2Task,
    /// An EC2 instance with the ECS agent's configuration.
    ContainerInstance,
    /// An EC2 instance without it.
    Ec2Instance,
    /// A machine outside AWS, registered with ECS Anywhere.
    External,
}

impl LaunchType {
    /// How a person would say it.
    pub fn description(self) -> &'static str {
        match self {
            Self::FargateTask => "Fargate task",
            Self::Ec2Task => "ECS task on EC2",
            Self::ContainerInstance => "EC2 container instance",
            Self::Ec2Instance => "EC2 instance",
            Self::External => "external machine",
        }
    }
}

/// A Region and who named it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegionClaim {
    /// The Region.
    pub region: String,
    /// Who named it.
    pub source: Source,
}

/// How asking one source went.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceReport {
    /// The source.
    pub source: Source,
    /// Whether it gave at least one fact.
    pub answered: bool,
    /// What was wrong with it, one entry for each distinct trouble.
    pub troubles: Vec<Absence>,
    /// How long it took.
    pub elapsed_ms: f64,
}
