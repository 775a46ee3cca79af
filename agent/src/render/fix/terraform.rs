//! The fix as Terraform.

use vpce_probes::fix::{Fix, Gateway, Id, InterfaceEndpoint, OpenSecurityGroups, Step};

use super::input::{Input, route_table_of};
use super::script::Script;
use super::{MISSING_OR_OFF, POLICIES, comment_of, egress};

pub(super) fn write(fix: &Fix, script: &mut Script) {
    script.comment(&format!(
        "What vpce-probe {} would change in {}. Nothing has been done. Read it, fill in what is missing, and apply it with an AWS provider of that Region.",
        env!("CARGO_PKG_VERSION"),
        fix.place.region
    ));
    // The instances are none of Terraform's here.
    for input in Input::of(fix).into_iter().filter(|input| *input != Input::Instance) {
        variable(fix, input, script);
    }
    for step in &fix.steps {
        match step {
            Step::Advice(_)
            | Step::EnableVpcDns
            | Step::RaiseHopLimit(_)
            | Step::RestartAgents(_) => comment_of(fix, step, script),
            Step::OpenSecurityGroups(open) => open_group(open, script),
            Step::CreateSecurityGroup => create_group(script),
            Step::CreateInterfaceEndpoint(endpoint) => create_endpoint(endpoint, script),
            Step::RouteToGateway(gateway) => route(fix, gateway, script),
        }
    }
}

fn variable(fix: &Fix, input: Input, script: &mut Script) {
    let (name, is_list) = match input {
        Input::Vpc => ("vpc_id", false),
        Input::Subnets => ("subnet_ids", true),
        Input::Ranges => ("vpc_cidrs", true),
        Input::EndpointGroup => ("endpoint_security_group_id", false),
        Input::RouteTables => ("route_table_ids", true),
        Input::Instance => ("instance_id", false),
    };
    let known: Vec<String> =
        input.known(&fix.place).iter().map(|value| format!("\"{value}\"")).collect();
    script.gap();
    if input == Input::RouteTables {
        script.comment("That of this place, or where it shows none, the main one of the VPC:");
        script.command_in_comment(&route_table_of(&fix.place));
    }
    if known.is_empty() {
        script.comment(&format!("REPLACE_WITH_{}: a value is to be given.", name.to_uppercase()));
    }
    script.line(&format!("variable \"{name}\" {{"));
    script.line(&format!("  description = \"{}\"", input.about(&fix.place)));
    script.line(&format!("  type        = {}", if is_list { "list(string)" } else { "string" }));
    match known.first() {
        Some(_) if is_list => script.line(&format!("  default     = [{}]", known.join(", "))),
        Some(value) => script.line(&format!("  default     = {value}")),
        None => {}
    }
    script.line("}");
}

fn open_group(open: &OpenSecurityGroups, script: &mut Script) {
    script.section("The security group of the endpoints that do not answer", &open.seen);
    let names: Vec<&str> = open.service_names.iter().map(Id::as_str).collect();
    script.comment(&format!(
        "Where the endpoints have different groups, once for each; where a rule is there already, leave it out. The endpoints: {}.",
        names.join(", ")
    ));
    ingress("endpoint_https", "var.endpoint_security_group_id", script);
}

fn create_group(script: &mut Script) {
    script.section("The security group of the new endpoints", &[]);
    script.comment(POLICIES);
    script.lines(&[
        "resource \"aws_security_group\" \"endpoints\" {",
        "  name_prefix = \"vpc-endpoints-\"",
        "  description = \"TCP 443 from the VPC to its endpoints\"",
        "  vpc_id      = var.vpc_id",
        "}",
    ]);
    script.gap();
    ingress("new_endpoint_https", "aws_security_group.endpoints.id", script);
}

/// One rule for each range of the VPC.
fn ingress(label: &str, group: &str, script: &mut Script) {
    script.line(&format!("resource \"aws_vpc_security_group_ingress_rule\" \"{label}\" {{"));
    script.lines(&["  for_each = toset(var.vpc_cidrs)", ""]);
    script.line(&format!("  security_group_id = {group}"));
    script.lines(&[
        "  cidr_ipv4         = strcontains(each.value, \":\") ? null : each.value",
        "  cidr_ipv6         = strcontains(each.value, \":\") ? each.value : null",
        "  ip_protocol       = \"tcp\"",
        "  from_port         = 443",
        "  to_port           = 443",
        "}",
    ]);
}

fn create_endpoint(endpoint: &InterfaceEndpoint, script: &mut Script) {
    let label = label(&endpoint.service);
    script.section(endpoint.service_name.as_str(), &endpoint.seen);
    script.comment(&format!(
        "{MISSING_OR_OFF} Where it is there, take it over instead; what follows enables its private DNS:"
    ));
    script
        .command_in_comment(&format!("terraform import aws_vpc_endpoint.{label} VPC_ENDPOINT_ID"));
    script.line(&format!("resource \"aws_vpc_endpoint\" \"{label}\" {{"));
    script.line("  vpc_id              = var.vpc_id");
    script.line(&format!("  service_name        = \"{}\"", endpoint.service_name));
    script.lines(&[
        "  vpc_endpoint_type   = \"Interface\"",
        "  subnet_ids          = var.subnet_ids",
        "  security_group_ids  = [aws_security_group.endpoints.id]",
        "  private_dns_enabled = true",
    ]);
    if let Some(after) = &endpoint.after {
        script.lines(&["", "  # Existing instances need the ECS endpoints in this order."]);
        script.line(&format!("  depends_on = [aws_vpc_endpoint.{}]", self::label(after)));
    }
    script.line("}");
}

fn route(fix: &Fix, gateway: &Gateway, script: &mut Script) {
    let label = label(&gateway.service);
    script.section(gateway.service_name.as_str(), &gateway.seen);
    script.comment(
        "Where the gateway endpoint is there, look whether this subnet's route table is among its own. If it is not, take the endpoint over instead:",
    );
    script
        .command_in_comment(&format!("terraform import aws_vpc_endpoint.{label} VPC_ENDPOINT_ID"));
    script.line(&format!("resource \"aws_vpc_endpoint\" \"{label}\" {{"));
    script.line("  vpc_id            = var.vpc_id");
    script.line(&format!("  service_name      = \"{}\"", gateway.service_name));
    script.lines(&[
        "  vpc_endpoint_type = \"Gateway\"",
        "  route_table_ids   = var.route_table_ids",
        "}",
    ]);
    egress(fix, gateway, script);
}

/// `ecr.api` as Terraform can name it.
fn label(service: &Id) -> String {
    service.as_str().replace(['.', '-'], "_")
}
