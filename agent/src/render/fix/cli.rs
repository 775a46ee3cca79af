//! The fix as a script for bash and the AWS CLI.

use vpce_probes::fix::{Fix, FixPlace, Gateway, InterfaceEndpoint, OpenSecurityGroups, Step};

use super::input::{Input, route_table_of};
use super::script::Script;
use super::{MISSING_OR_OFF, MORE_HOPS, POLICIES, comment_of};

pub(super) fn write(fix: &Fix, script: &mut Script) {
    let region = &fix.place.region;
    script.line("#!/usr/bin/env bash");
    script.comment(&format!(
        "What vpce-probe {} would change in {region}. Nothing has been done. Read it, fill in what is missing, and run it with bash where the AWS CLI may change the VPC.",
        env!("CARGO_PKG_VERSION")
    ));
    script.line("set -euo pipefail");
    script.line(&format!("export AWS_REGION={region} AWS_DEFAULT_REGION={region} AWS_PAGER="));
    let mut inputs = Input::of(fix);
    // The groups of endpoints that are there are looked up in the VPC.
    if inputs.remove(&Input::EndpointGroup) {
        inputs.insert(Input::Vpc);
    }
    for input in &inputs {
        variable(*input, &fix.place, script);
    }
    if inputs.contains(&Input::Ranges) {
        script.gap();
        script.lines(ALLOW_HTTPS);
    }
    let looks_up =
        |step: &Step| matches!(step, Step::CreateInterfaceEndpoint(_) | Step::RouteToGateway(_));
    if fix.steps.iter().any(looks_up) {
        script.gap();
        script.lines(IS_MISSING);
    }
    for step in &fix.steps {
        write_step(fix, step, script);
    }
    script.paragraph("Afterwards check again: vpce-probe");
}

const ALLOW_HTTPS: &[&str] = &[
    "# Lets TCP 443 from the ranges of the VPC into a security group.",
    "allow_https() {",
    "  local range ranges",
    "  for range in $VPC_CIDRS; do",
    "    case $range in",
    "      *:*) ranges=\"Ipv6Ranges=[{CidrIpv6=$range}]\" ;;",
    "      *) ranges=\"IpRanges=[{CidrIp=$range}]\" ;;",
    "    esac",
    "    aws ec2 authorize-security-group-ingress --group-id \"$1\" \\",
    "      --ip-permissions \"IpProtocol=tcp,FromPort=443,ToPort=443,$ranges\" ||",
    "      echo \"$1: no rule for $range was added; a rule that is there already is no trouble\" >&2",
    "  done",
    "}",
];

const IS_MISSING: &[&str] = &[
    "# Whether the VPC has no endpoint of this kind for this service; tells the one there is, and the",
    "# command that gives it what it may lack.",
    "is_missing() {",
    "  local kind=$1 name=$2 found id",
    "  shift 2",
    "  found=$(aws ec2 describe-vpc-endpoints --output text \\",
    "    --filters \"Name=vpc-id,Values=$VPC_ID\" \"Name=vpc-endpoint-type,Values=$kind\" \\",
    "    \"Name=service-name,Values=$name\" Name=vpc-endpoint-state,Values=pending,available \\",
    "    --query 'VpcEndpoints[].VpcEndpointId') || exit",
    "  [ -n \"$found\" ] || return 0",
    "  for id in $found; do",
    "    echo \"$name is there already: $id. See the comment in this script; what it may lack:\" >&2",
    "    echo \"  aws ec2 modify-vpc-endpoint --region $AWS_REGION --vpc-endpoint-id $id $*\" >&2",
    "  done",
    "  return 1",
    "}",
];

fn name(input: Input) -> &'static str {
    match input {
        Input::Vpc => "VPC_ID",
        Input::Subnets => "SUBNET_IDS",
        Input::Ranges => "VPC_CIDRS",
        Input::EndpointGroup => "SECURITY_GROUP_ID",
        Input::RouteTables => "ROUTE_TABLE_IDS",
        Input::Instance => "INSTANCE_ID",
    }
}

fn variable(input: Input, place: &FixPlace, script: &mut Script) {
    let name = name(input);
    script.gap();
    script.comment(&format!("{}.", input.about(place)));
    if input == Input::RouteTables {
        script.comment("That of this place, or where it shows none, the main one of the VPC:");
        script.command_in_comment(&route_table_of(place));
    }
    let known = input.known(place);
    if known.is_empty() {
        script.line(&format!("{name}=${{{name}:-}}  # REPLACE_WITH_{name}"));
        script.line(&format!(": \"${{{name}:?REPLACE_WITH_{name} is to be filled in}}\""));
    } else {
        script.line(&format!("{name}='{}'", known.join(" ")));
    }
    match input {
        Input::Subnets => script.line("read -r -a subnets <<<\"$SUBNET_IDS\""),
        Input::RouteTables => script.line("read -r -a route_tables <<<\"$ROUTE_TABLE_IDS\""),
        _ => {}
    }
}

fn write_step(fix: &Fix, step: &Step, script: &mut Script) {
    match step {
        Step::Advice(_) | Step::RestartAgents(_) => comment_of(fix, step, script),
        Step::OpenSecurityGroups(open) => open_groups(open, script),
        Step::EnableVpcDns => {
            script.section(
                "Private DNS names need both attributes of the VPC; those that are on stay so",
                &[],
            );
            for attribute in ["support", "hostnames"] {
                script.line(&format!(
                    "aws ec2 modify-vpc-attribute --vpc-id \"$VPC_ID\" --enable-dns-{attribute} '{{\"Value\":true}}'"
                ));
            }
        }
        Step::CreateSecurityGroup => create_group(script),
        Step::CreateInterfaceEndpoint(endpoint) => create_endpoint(endpoint, script),
        Step::RouteToGateway(gateway) => route(fix, gateway, script),
        Step::RaiseHopLimit(seen) => {
            script.section("Instance metadata", seen);
            script.comment(MORE_HOPS);
            script
                .line("aws ec2 modify-instance-metadata-options --instance-id \"$INSTANCE_ID\" \\");
            script.line("  --http-put-response-hop-limit 2");
        }
    }
}

fn open_groups(open: &OpenSecurityGroups, script: &mut Script) {
    script.section("Security groups of the endpoints that do not answer", &open.seen);
    script.comment(
        "Where the rules are there already, look at the outbound rules of this machine's security group and at the network ACLs of both subnets.",
    );
    script.comment(
        "This opens every security group that these endpoints have. The VPC's default group, or one that instances or tasks have too, is opened for all of them: give the endpoints a group of their own instead.",
    );
    let names: Vec<&str> = open.service_names.iter().map(|name| name.as_str()).collect();
    script.line("groups=$(aws ec2 describe-vpc-endpoints --output text \\");
    script.line("  --filters \"Name=vpc-id,Values=$VPC_ID\" \\");
    script.line(&format!("  Name=service-name,Values={} \\", names.join(",")));
    script.line("  --query 'VpcEndpoints[].Groups[].GroupId')");
    script.line("[ -n \"$groups\" ] || echo \"this VPC has none of these endpoints\" >&2");
    script.line("for group in $(tr '\\t' '\\n' <<<\"$groups\" | sort -u); do");
    script.line("  allow_https \"$group\"");
    script.line("done");
}

fn create_group(script: &mut Script) {
    script.section("The security group of the new endpoints", &[]);
    script.comment(POLICIES);
    script.lines(&[
        "# Set it to use a security group that is there already. One named vpc-endpoints, such as an",
        "# earlier run of this script made, is found.",
        "ENDPOINT_SECURITY_GROUP_ID=${ENDPOINT_SECURITY_GROUP_ID:-}",
        "# Finds or makes the group, once there is an endpoint to create.",
        "have_security_group() {",
        "  [ -z \"$ENDPOINT_SECURITY_GROUP_ID\" ] || return 0",
        "  ENDPOINT_SECURITY_GROUP_ID=$(aws ec2 describe-security-groups --output text \\",
        "    --filters \"Name=vpc-id,Values=$VPC_ID\" Name=group-name,Values=vpc-endpoints \\",
        "    --query 'SecurityGroups[].GroupId')",
        "  if [ -z \"$ENDPOINT_SECURITY_GROUP_ID\" ]; then",
        "    ENDPOINT_SECURITY_GROUP_ID=$(aws ec2 create-security-group --vpc-id \"$VPC_ID\" \\",
        "      --group-name vpc-endpoints --description 'TCP 443 from the VPC to its endpoints' \\",
        "      --query GroupId --output text)",
        "  fi",
        "  allow_https \"$ENDPOINT_SECURITY_GROUP_ID\"",
        "}",
    ]);
}

fn create_endpoint(endpoint: &InterfaceEndpoint, script: &mut Script) {
    let name = &endpoint.service_name;
    script.section(name.as_str(), &endpoint.seen);
    script.line(&format!("if is_missing Interface {name} --private-dns-enabled; then"));
    script.line("  have_security_group");
    script.line(
        "  aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id \"$VPC_ID\" \\",
    );
    script.line(&format!("    --service-name {name} \\"));
    script.line("    --subnet-ids \"${subnets[@]}\" --private-dns-enabled \\");
    script.line("    --security-group-ids \"$ENDPOINT_SECURITY_GROUP_ID\"");
    script.line("fi");
    script.comment(&format!("{MISSING_OR_OFF} Where it is there:"));
    script.command_in_comment(
        "aws ec2 modify-vpc-endpoint --private-dns-enabled --vpc-endpoint-id VPC_ENDPOINT_ID",
    );
}

fn route(fix: &Fix, gateway: &Gateway, script: &mut Script) {
    let name = &gateway.service_name;
    script.section(name.as_str(), &gateway.seen);
    script.comment(
        "Connections to Amazon S3 that are open meanwhile break, and are made anew through the endpoint.",
    );
    script.line(&format!("if is_missing Gateway {name} \\"));
    script.line("  --add-route-table-ids \"${route_tables[@]}\"; then");
    script
        .line("  aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id \"$VPC_ID\" \\");
    script.line(&format!("    --service-name {name} \\"));
    script.line("    --route-table-ids \"${route_tables[@]}\"");
    script.line("fi");
    script.comment("Where it is there, and this subnet's route table is not among its own:");
    script.command_in_comment(
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPC_ENDPOINT_ID --add-route-table-ids ROUTE_TABLE_ID",
    );
    super::egress(fix, gateway, script);
}
