//! The ids that a fix needs, as far as they are known.

use ipnet::IpNet;

use super::{FixError, Id};
use crate::report::Report;

/// Where a fix is to be done. What is not known has to be filled in by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct FixPlace {
    /// The Region.
    pub region: Id,
    /// The VPC.
    pub vpc: Option<Id>,
    /// The subnet that the report comes from; other zones have others.
    pub subnet: Option<Id>,
    /// The Availability Zone of that subnet.
    pub zone: Option<Id>,
    /// Every known range of the VPC.
    pub vpc_ranges: Vec<IpNet>,
    /// The ranges of that subnet.
    pub subnet_ranges: Vec<IpNet>,
    /// The instance.
    pub instance: Option<Id>,
    /// The security groups of the instance.
    pub security_groups: Vec<Id>,
}

impl FixPlace {
    pub(super) fn of(report: &Report) -> Result<Self, FixError> {
        let known = &report.surroundings;
        let region = report.plan.region.as_deref().ok_or(FixError::RegionUnknown)?;
        let unknown = || FixError::PartitionUnknown(region.to_owned());
        report.plan.partition.as_ref().ok_or_else(unknown)?;
        let id = |text: Option<&String>, form: fn(&str) -> Option<Id>| form(text?);
        let groups = known.security_group_ids.value().into_iter().flatten();
        Ok(Self {
            region: Id::region(region).ok_or_else(unknown)?,
            vpc: id(known.vpc_id.value(), Id::vpc),
            subnet: id(known.subnet_id.value(), Id::subnet),
            zone: id(known.availability_zone.value(), Id::zone),
            vpc_ranges: known.vpc_cidrs.value().cloned().unwrap_or_default(),
            subnet_ranges: known.subnet_cidrs.value().cloned().unwrap_or_default(),
            instance: id(known.instance_id.value(), Id::instance),
            security_groups: groups.filter_map(|group| Id::security_group(group)).collect(),
        })
    }
}
