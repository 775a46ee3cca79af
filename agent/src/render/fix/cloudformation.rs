//! The fix as a CloudFormation template, in YAML.

use ipnet::IpNet;
use vpce_probes::fix::{Fix, Gateway, Id, InterfaceEndpoint, OpenSecurityGroups, Step};

use super::input::{Input, route_table_of};
use super::script::Script;
use super::{MISSING_OR_OFF, POLICIES, comment_of, egress};

pub(super) fn write(fix: &Fix, script: &mut Script) {
    let intro = format!(
        "What vpce-probe {} would change in {}. Nothing has been done.",
        env!("CARGO_PKG_VERSION"),
        fix.place.region
    );
    let has_resources = fix.steps.iter().any(|step| {
        !matches!(step, Step::Advice(_) | Step::RaiseHopLimit(_) | Step::RestartAgents(_))
    });
    if !has_resources {
        script.comment(&format!("{intro} There is nothing here that a template creates: these are comments, and no template to deploy."));
        fix.steps.iter().for_each(|step| comment_of(fix, step, script));
        return;
    }
    script.comment(&format!("{intro} Read it, and deploy it as a stack in that Region."));
    script.line("AWSTemplateFormatVersion: \"2010-09-09\"");
    script.line("Description: Endpoints that Amazon ECS needs, written by vpce-probe");
    script.line("Parameters:");
    for input in Input::of(fix) {
        parameter(fix, input, script);
    }
    script.line("Resources:");
    for step in &fix.steps {
        match step {
            Step::Advice(_)
            | Step::EnableVpcDns
            | Step::RaiseHopLimit(_)
            | Step::RestartAgents(_) => comment_of(fix, step, script),
            Step::OpenSecurityGroups(open) => open_group(fix, open, script),
            Step::CreateSecurityGroup => create_group(fix, script),
            Step::CreateInterfaceEndpoint(endpoint) => create_endpoint(endpoint, script),
            Step::RouteToGateway(gateway) => route(fix, gateway, script),
        }
    }
}

fn parameter(fix: &Fix, input: Input, script: &mut Script) {
    let (name, kind) = match input {
        Input::Vpc => ("VpcId", "AWS::EC2::VPC::Id"),
        Input::Subnets => ("SubnetIds", "List<AWS::EC2::Subnet::Id>"),
        // Those that are known stand in the rules themselves.
        Input::Ranges if !fix.place.vpc_ranges.is_empty() => return,
        Input::Ranges => ("VpcCidr", "String"),
        Input::EndpointGroup => ("EndpointSecurityGroupId", "AWS::EC2::SecurityGroup::Id"),
        Input::RouteTables => ("RouteTableIds", "CommaDelimitedList"),
        // The instances are none of CloudFormation's here.
        Input::Instance => return,
    };
    if input == Input::RouteTables {
        script.comment("That of this place, or where it shows none, the main one of the VPC:");
        script.command_in_comment(&route_table_of(&fix.place));
    }
    let known = input.known(&fix.place);
    if known.is_empty() {
        script.comment(&format!("REPLACE_WITH_{name}: a value is to be given."));
    }
    script.line(&format!("  {name}:"));
    script.line(&format!("    Type: {kind}"));
    script.line(&format!("    Description: \"{}\"", input.about(&fix.place)));
    if !known.is_empty() {
        script.line(&format!("    Default: \"{}\"", known.join(",")));
    }
}

fn open_group(fix: &Fix, open: &OpenSecurityGroups, script: &mut Script) {
    script.section("The security group of the endpoints that do not answer", &open.seen);
    let names: Vec<&str> = open.service_names.iter().map(Id::as_str).collect();
    script.comment(&format!(
        "Where the endpoints have different groups, once for each; where a rule is there already, leave it out. The endpoints: {}.",
        names.join(", ")
    ));
    for (number, range) in (1..).zip(ranges(fix)) {
        script.line(&format!("  EndpointHttps{number}:"));
        script.line("    Type: AWS::EC2::SecurityGroupIngress");
        script.line("    Properties:");
        script.line("      GroupId: !Ref EndpointSecurityGroupId");
        rule("      ", &range, script);
    }
}

fn create_group(fix: &Fix, script: &mut Script) {
    script.section("The security group of the new endpoints", &[]);
    script.comment(POLICIES);
    script.lines(&[
        "  EndpointsSecurityGroup:",
        "    Type: AWS::EC2::SecurityGroup",
        "    Properties:",
        "      GroupDescription: TCP 443 from the VPC to its endpoints",
        "      VpcId: !Ref VpcId",
        "      SecurityGroupIngress:",
    ]);
    for range in ranges(fix) {
        rule("        - ", &range, script);
    }
}

/// The key and the value of each range; the parameter where none is known.
fn ranges(fix: &Fix) -> Vec<(&'static str, String)> {
    let key = |range: &IpNet| if range.addr().is_ipv4() { "CidrIp" } else { "CidrIpv6" };
    match fix.place.vpc_ranges.as_slice() {
        [] => vec![("CidrIp", "!Ref VpcCidr".to_owned())],
        known => known.iter().map(|range| (key(range), format!("\"{range}\""))).collect(),
    }
}

/// `before` is what stands before the first line: spaces, and a dash in a list.
fn rule(before: &str, (key, range): &(&str, String), script: &mut Script) {
    let indent = " ".repeat(before.len());
    script.line(&format!("{before}IpProtocol: tcp"));
    for line in ["FromPort: 443", "ToPort: 443"] {
        script.line(&format!("{indent}{line}"));
    }
    script.line(&format!("{indent}{key}: {range}"));
}

fn create_endpoint(endpoint: &InterfaceEndpoint, script: &mut Script) {
    script.section(endpoint.service_name.as_str(), &endpoint.seen);
    script.comment(&format!(
        "{MISSING_OR_OFF} Where it is there, leave this resource out and enable its private DNS:"
    ));
    script.command_in_comment(
        "aws ec2 modify-vpc-endpoint --private-dns-enabled --vpc-endpoint-id VPC_ENDPOINT_ID",
    );
    script.line(&format!("  {}:", logical_id(&endpoint.service)));
    script.line("    Type: AWS::EC2::VPCEndpoint");
    if let Some(after) = &endpoint.after {
        script.line("    # Existing instances need the ECS endpoints in this order.");
        script.line(&format!("    DependsOn: {}", logical_id(after)));
    }
    script.line("    Properties:");
    script.line("      VpcEndpointType: Interface");
    script.line(&format!("      ServiceName: \"{}\"", endpoint.service_name));
    script.lines(&[
        "      VpcId: !Ref VpcId",
        "      SubnetIds: !Ref SubnetIds",
        "      SecurityGroupIds:",
        "        - !GetAtt EndpointsSecurityGroup.GroupId",
        "      PrivateDnsEnabled: true",
    ]);
}

fn route(fix: &Fix, gateway: &Gateway, script: &mut Script) {
    script.section(gateway.service_name.as_str(), &gateway.seen);
    script.comment(
        "Where the gateway endpoint is there, leave this resource out; and add this subnet's route table, if it is not among its own:",
    );
    script.command_in_comment(
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPC_ENDPOINT_ID --add-route-table-ids ROUTE_TABLE_ID",
    );
    script.line(&format!("  {}:", logical_id(&gateway.service)));
    script.lines(&["    Type: AWS::EC2::VPCEndpoint", "    Properties:"]);
    script.line("      VpcEndpointType: Gateway");
    script.line(&format!("      ServiceName: \"{}\"", gateway.service_name));
    script.lines(&["      VpcId: !Ref VpcId", "      RouteTableIds: !Ref RouteTableIds"]);
    egress(fix, gateway, script);
}

/// `ecr.api` as `EcrApiEndpoint`.
fn logical_id(service: &Id) -> String {
    let words = service.as_str().split(['.', '-']).map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
    });
    words.flatten().chain("Endpoint".chars()).collect()
}
