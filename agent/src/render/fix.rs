//! A fix as text for the AWS CLI, Terraform or CloudFormation.
//!
//! Values get into commands and templates as [`Id`](vpce_probes::fix::Id) or as ranges of addresses,
//! which hold nothing that any of the three languages obeys. All other text gets there only as
//! comments.

mod cli;
mod cloudformation;
mod input;
mod script;
mod terraform;

use vpce_probes::fix::{Fix, Gateway, Step};

use self::script::Script;
use crate::cli::FixFormat;

/// The text, and nothing else: it may go into a file as it is.
pub(crate) fn fix(fix: &Fix, format: FixFormat) -> String {
    let mut script = Script::new();
    if fix.steps.iter().any(is_more_than_a_comment) {
        match format {
            FixFormat::Cli => cli::write(fix, &mut script),
            FixFormat::Terraform => terraform::write(fix, &mut script),
            FixFormat::Cloudformation => cloudformation::write(fix, &mut script),
        }
    } else if fix.steps.is_empty() {
        script.comment(&format!(
            "Nothing to fix in {}: vpce-probe found nothing that has to be changed.",
            fix.place.region
        ));
    } else {
        script.comment(&format!(
            "Nothing to create or change in {} but this, by hand: these are comments only.",
            fix.place.region
        ));
        fix.steps.iter().for_each(|step| comment_of(fix, step, &mut script));
    }
    script.into_text()
}

fn is_more_than_a_comment(step: &Step) -> bool {
    !matches!(step, Step::Advice(_) | Step::RestartAgents(_))
}

/// The steps that are comments in Terraform and CloudFormation, as their resources are not created
/// there.
fn comment_of(fix: &Fix, step: &Step, script: &mut Script) {
    match step {
        Step::Advice(advice) => script.paragraph(advice),
        Step::EnableVpcDns => script.paragraph(
            "Private DNS names need both attributes of the VPC, where it is defined: DNS support (enableDnsSupport) and DNS host names (enableDnsHostnames).",
        ),
        Step::RaiseHopLimit(seen) => {
            script.section("Instance metadata", seen);
            script.comment(MORE_HOPS);
            let instance = fix.place.instance.as_ref().map_or("INSTANCE_ID", |id| id.as_str());
            script.comment(
                "Set the hop limit to 2 in the launch template (metadata options), and on the instances that run:",
            );
            script.command_in_comment(&format!(
                "aws ec2 modify-instance-metadata-options --instance-id {instance} --http-put-response-hop-limit 2"
            ));
        }
        Step::RestartAgents(seen) => restart(fix, seen, script),
        _ => {}
    }
}

/// The last step, on the instances themselves.
fn restart(fix: &Fix, seen: &[String], script: &mut Script) {
    script.section("ECS agents", seen);
    let creates = |step: &Step| matches!(step, Step::CreateInterfaceEndpoint(_));
    script.comment(if fix.steps.iter().any(creates) {
        "On every container instance of the VPC, as root, once the endpoints answer (20 to 30 s after their state is available):"
    } else {
        "As root, where such an agent runs, once its endpoints work:"
    });
    script.command_in_comment("vpce-probe agent restart --if-needed");
}

/// What else Amazon S3 may need, where the security group of the caller is a narrow one.
fn egress(fix: &Fix, gateway: &Gateway, script: &mut Script) {
    let groups = &fix.place.security_groups;
    let group = groups.first().map_or("SECURITY_GROUP_ID", |group| group.as_str());
    script.comment(
        "Where the security group of the instances or tasks does not let everything out, it also has to let out TCP 443 to the prefix list of Amazon S3:",
    );
    script.command_in_comment(&format!(
        "aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values={}",
        gateway.service_name
    ));
    script.command_in_comment(&format!(
        "aws ec2 authorize-security-group-egress --group-id {group} --ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,PrefixListIds=[{{PrefixListId=PREFIX_LIST_ID}}]'"
    ));
}

/// What applies to all endpoints that are created.
const POLICIES: &str = "The endpoints get no policy, which is full access. Amazon ECS documents endpoint policies for ecs; for ecs-agent and ecs-telemetry it documents none.";

/// Source: Amazon ECS Developer Guide, best practices for IAM roles ("Block access to Amazon EC2
/// metadata").
const MORE_HOPS: &str = "Only where containers are to read it: they can then take the credentials of the instance role, too.";

/// What only somebody with access to the VPC can tell.
const MISSING_OR_OFF: &str = "From within the VPC it cannot be told whether an endpoint is missing or only its private DNS is off.";
