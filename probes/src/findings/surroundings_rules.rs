//! Rules about where this program runs.

use super::finding::Words;
use super::metadata_rules::{self, reasons};
use super::{Code, Finding};
use crate::plan::{Plan, Profile};
use crate::status::Severity;
use crate::surroundings::{LaunchType, Source, Surroundings};

pub(super) fn judge(surroundings: &Surroundings, plan: &Plan) -> Vec<Finding> {
    [
        region(surroundings, plan),
        regions_disagree(surroundings),
        metadata_rules::of_instance(surroundings),
        metadata_rules::of_task(surroundings),
        place(surroundings, plan),
        vpc_ranges(surroundings),
    ]
    .into_iter()
    .flatten()
    .chain(files(surroundings))
    .collect()
}

fn region(surroundings: &Surroundings, plan: &Plan) -> Option<Finding> {
    let Some(region) = surroundings.region.value() else {
        return Some(Finding::general(
            Code::RegionUnknown,
            Severity::Unknown,
            Words::new(
                reasons(surroundings.region.why_missing()),
                "Without a Region the names of the endpoints are not known. Nothing was checked but the names given by --host.",
                "Give the Region: --region, VPCE_PROBE_REGION, or AWS_REGION in the environment of the task.",
            ),
        ));
    };
    if plan.partition.is_some() {
        return None;
    }
    Some(Finding::general(
        Code::PartitionUnknown,
        Severity::Unknown,
        Words::new(
            format!("the Region is {region}, by {}", source_of(surroundings)),
            "The Region's name follows the pattern of no partition that this program knows, so the names of the endpoints are not known. Nothing was checked but the names given by --host.",
            format!("Correct the Region ({}), or use a newer vpce-probe.", source_of(surroundings)),
        ),
    ))
}

fn regions_disagree(surroundings: &Surroundings) -> Option<Finding> {
    let chosen = surroundings.region.value()?;
    surroundings.region_claims.iter().find(|claim| claim.region != *chosen)?;
    // Who gives another Region on purpose knows; what is found out must agree with itself.
    let mut found = surroundings.region_claims.iter().filter(|c| c.source != Source::OPTION);
    let first = found.next();
    let agree = found.all(|claim| Some(&claim.region) == first.map(|first| &first.region));
    let severity = if agree { Severity::Info } else { Severity::Warn };
    let claims: Vec<_> = surroundings
        .region_claims
        .iter()
        .map(|claim| format!("{} ({})", claim.region, claim.source))
        .collect();
    Some(Finding::general(
        Code::RegionsDisagree,
        severity,
        Words::new(
            claims.join(", "),
            format!(
                "{chosen} was checked. Whatever uses another Region leaves this VPC's endpoints: most of them serve only their own Region."
            ),
            match (surroundings.region.source() == Some(&Source::OPTION), first) {
                (true, Some(found)) => format!(
                    "If {chosen} was not meant, leave the option out: {} says {}.",
                    found.source, found.region
                ),
                _ => format!(
                    "Set the other places to {chosen} as well, or check the other Region with --region."
                ),
            },
        ),
    ))
}

/// The two services have codes of their own, and a `resolv.conf` that cannot be used is told as
/// such. Every other source is a file.
fn files(surroundings: &Surroundings) -> impl Iterator<Item = Finding> {
    let told = surroundings.resolvers.why_missing();
    surroundings
        .sources
        .iter()
        .filter(|report| {
            ![Source::INSTANCE_METADATA, Source::TASK_METADATA].contains(&report.source)
        })
        .filter(|report| report.troubles.iter().any(|trouble| !told.contains(trouble)))
        .map(|report| {
            let file = report.source.to_string();
            let meaning = if file.ends_with("ecs.config") {
                "What the ECS agent is told is not known: its Region, its endpoints, its proxy, and whether this machine is outside AWS. The wrong names may have been checked."
            } else {
                "A name may be pinned there to an address that was not checked."
            };
            Finding::general(
                Code::FileUnreadable,
                Severity::Warn,
                Words::new(
                    reasons(&report.troubles),
                    meaning,
                    format!("Make {file} a regular file of a usual size that the user of this program may read."),
                ),
            )
        })
}

fn place(surroundings: &Surroundings, plan: &Plan) -> Option<Finding> {
    if surroundings.launch_type.value().is_some() {
        return None;
    }
    let assumed = match plan.profiles.as_slice() {
        [] | [Profile::Ec2] => "The needs of an EC2 container instance were assumed.".to_owned(),
        given => {
            let given: Vec<_> = given.iter().map(|profile| profile.word()).collect();
            format!("The needs of profile {} were taken.", given.join(", "))
        }
    };
    Some(Finding::general(
        Code::PlaceUnknown,
        Severity::Warn,
        Words::new(
            reasons(surroundings.launch_type.why_missing()),
            format!("Neither a task nor an instance was recognised. {assumed}"),
            "If this is another kind of place, say so with --launch-type. Outside AWS the names resolve publicly: that is expected there.",
        ),
    ))
}

fn vpc_ranges(surroundings: &Surroundings) -> Option<Finding> {
    let on_instance = matches!(
        surroundings.launch_type.value(),
        Some(LaunchType::ContainerInstance | LaunchType::Ec2Instance)
    );
    // When the instance metadata tell nothing at all, that is said already.
    let told = metadata_rules::instance_tells_nothing(surroundings);
    if !on_instance || told || surroundings.vpc_cidrs.value().is_some() {
        return None;
    }
    Some(Finding::general(
        Code::VpcRangesUnknown,
        Severity::Info,
        Words::new(
            reasons(surroundings.vpc_cidrs.why_missing()),
            "Private addresses are accepted without knowing whether they belong to this VPC.",
            "Name the ranges with --vpc-cidr, once for each.",
        ),
    ))
}

fn source_of(surroundings: &Surroundings) -> String {
    surroundings.region.source().map_or_else(|| "an unknown source".to_owned(), ToString::to_string)
}
