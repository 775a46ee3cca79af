//! Rules about the two metadata services: that of the instance, and that of the task.

use super::finding::{Words, seen_together};
use super::{Code, Finding};
use crate::status::Severity;
use crate::surroundings::{Absence, AbsenceReason, LaunchType, Source, SourceReport, Surroundings};

/// Each cause that can be told apart has a code of its own, as each has another change.
pub(super) fn of_instance(surroundings: &Surroundings) -> Option<Finding> {
    let report = report_of(surroundings, &Source::INSTANCE_METADATA)?;
    let trouble = report.troubles.first()?;
    let severity = severity(surroundings, report, trouble)?;
    let seen = reasons(&report.troubles);
    let cause = if report.answered { Cause::Other } else { Cause::of(surroundings, trouble) };
    let (code, meaning, change) = match cause {
        Cause::HopLimit => {
            (Code::InstanceMetadataHopLimit, HOP_LIMIT, raise_hop_limit(surroundings))
        }
        Cause::Disabled => (Code::InstanceMetadataDisabled, DISABLED, enable(surroundings)),
        Cause::Blocked => (Code::InstanceMetadataBlocked, BLOCKED, LEAVE_BLOCKED.to_owned()),
        Cause::Other => (Code::InstanceMetadataUnusable, "", FIND_OUT.to_owned()),
    };
    let meaning = format!("{meaning} {}", what_is_missing(surroundings, report));
    Some(Finding::general(code, severity, Words::new(seen, meaning.trim_start(), change)))
}

/// What keeps the instance metadata from being read.
enum Cause {
    /// The answer to the token request gets lost on its last hop.
    HopLimit,
    /// HTTP status 403.
    Disabled,
    /// A route into nothing, as the ECS agent makes it for tasks.
    Blocked,
    Other,
}

impl Cause {
    /// The agent blocks the metadata for tasks of network mode awsvpc only: there its CNI plugins add
    /// a route of type blackhole. Sources: amazon-ecs-cni-plugins, `plugins/eni/engine/nsclosure.go`
    /// (IPv4), amazon-vpc-cni-plugins, `network/imds` (IPv4, in newer versions IPv6 too).
    fn of(surroundings: &Surroundings, trouble: &Absence) -> Self {
        let is_awsvpc_task = surroundings.launch_type.value() == Some(&LaunchType::Ec2Task)
            && surroundings.network_mode.value().is_some_and(|mode| mode == "awsvpc");
        match trouble.reason {
            AbsenceReason::HopLimit => Self::HopLimit,
            AbsenceReason::Disabled => Self::Disabled,
            AbsenceReason::Blackhole if is_awsvpc_task => Self::Blocked,
            _ => Self::Other,
        }
    }
}

const HOP_LIMIT: &str = "The instance's hop limit lets the answer to a token request travel no further than the instance itself: behind the network of a container it gets lost. Task roles do not need the instance metadata: their credentials come from 169.254.170.2.";

const DISABLED: &str =
    "The instance metadata is switched off for this instance, or refuses this machine.";

const BLOCKED: &str = "That is as with ECS_AWSVPC_BLOCK_IMDS=true in the configuration of the ECS agent: usual, and as a rule wanted, because the task cannot take the credentials of the instance role. Its own task role needs only 169.254.170.2.";

const LEAVE_BLOCKED: &str =
    "Nothing, if it is meant so; tell what is missing with --region and --vpc-cidr.";

const FIND_OUT: &str = "Find out what answers or blocks 169.254.169.254 on this machine (firewall rules, proxies, metadata mocks), or tell what is missing with --region and --vpc-cidr.";

fn raise_hop_limit(surroundings: &Surroundings) -> String {
    format!(
        "If containers are to read it, raise the hop limit to 2: aws ec2 modify-instance-metadata-options --instance-id {} --http-put-response-hop-limit 2, and HttpPutResponseHopLimit in the launch template for new instances. Otherwise tell what is missing with --region and --vpc-cidr.",
        instance(surroundings)
    )
}

fn enable(surroundings: &Surroundings) -> String {
    format!(
        "Enable the instance metadata (aws ec2 modify-instance-metadata-options --instance-id {} --http-endpoint enabled), or tell what is missing with --region and --vpc-cidr.",
        instance(surroundings)
    )
}

/// The instance for a command; a placeholder where its id is not known.
fn instance(surroundings: &Surroundings) -> &str {
    surroundings.instance_id.value().map_or("INSTANCE_ID", String::as_str)
}

/// None where it is as it has to be, or told by another finding.
fn severity(
    surroundings: &Surroundings,
    report: &SourceReport,
    trouble: &Absence,
) -> Option<Severity> {
    let silent = matches!(
        trouble.reason,
        AbsenceReason::TimedOut
            | AbsenceReason::Unreachable
            | AbsenceReason::Blackhole
            | AbsenceReason::Refused
    );
    let severity = match (surroundings.launch_type.value(), trouble.reason, silent) {
        (_, AbsenceReason::NotAsked, _) | (Some(LaunchType::FargateTask), ..) => return None,
        // Reported as an unknown place.
        (None | Some(LaunchType::External), _, true) => return None,
        // Hop limit 1 and ECS_AWSVPC_BLOCK_IMDS are both usual for tasks.
        (Some(LaunchType::Ec2Task), AbsenceReason::HopLimit, _)
        | (Some(LaunchType::Ec2Task), _, true) => Severity::Info,
        _ => Severity::Warn,
    };
    // What the caller gave is not missing.
    Some(if is_given(surroundings) && !report.answered { Severity::Info } else { severity })
}

fn is_given(surroundings: &Surroundings) -> bool {
    surroundings.region.value().is_some() && surroundings.vpc_cidrs.value().is_some()
}

fn what_is_missing(surroundings: &Surroundings, report: &SourceReport) -> &'static str {
    let in_task = surroundings.launch_type.value() == Some(&LaunchType::Ec2Task);
    if report.answered {
        "Some facts about this instance are missing; what depends on them is judged without them."
    } else if is_given(surroundings) {
        "The instance does not tell where it is; its Region and the ranges of its VPC are known from elsewhere."
    } else if in_task && surroundings.region.value().is_some() {
        "The ranges of the VPC are not known for that reason: whether a private address lies in this VPC cannot be judged."
    } else {
        "The instance does not tell its Region, account and VPC ranges. Whether a private address lies in this VPC cannot be judged."
    }
}

/// Whether a finding says that the instance metadata tell nothing at all.
pub(super) fn instance_tells_nothing(surroundings: &Surroundings) -> bool {
    of_instance(surroundings).is_some()
        && report_of(surroundings, &Source::INSTANCE_METADATA).is_some_and(|asked| !asked.answered)
}

pub(super) fn of_task(surroundings: &Surroundings) -> Option<Finding> {
    let report = report_of(surroundings, &Source::TASK_METADATA)?;
    let trouble = report.troubles.first()?;
    if trouble.reason == AbsenceReason::NotAsked {
        return None;
    }
    Some(Finding::general(
        Code::TaskMetadataUnusable,
        Severity::Warn,
        Words::new(
            reasons(&report.troubles),
            "ECS_CONTAINER_METADATA_URI_V4 is set, so this is an ECS task, but what it tells of the task cannot be used.",
            "Check that the variable is passed on unchanged and that nothing in the task blocks 169.254.170.2. On EC2, check that the ECS agent is running.",
        ),
    ))
}

fn report_of<'s>(surroundings: &'s Surroundings, source: &Source) -> Option<&'s SourceReport> {
    surroundings.sources.iter().find(|report| report.source == *source)
}

/// What went wrong with a source, in words.
pub(super) fn reasons(absences: &[Absence]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for absence in absences {
        if !words.contains(&absence.detail.as_str()) {
            words.push(&absence.detail);
        }
    }
    let shown = words.iter().take(3).fold(String::new(), |shown, word| {
        if shown.is_empty() { (*word).to_owned() } else { seen_together(&shown, word) }
    });
    match words.len().saturating_sub(3) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
