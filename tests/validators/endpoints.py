"""Holds the endpoints that the Terraform and the CloudFormation create against what the program says is
needed, and against the form in which `vpce-probe fix` creates them.

    endpoints.py PROGRAM REPORT TERRAFORM TEMPLATE
"""

import itertools
import json
import pathlib
import subprocess
import sys

import hcl2
import yaml

REGIONS = {"us-east-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
# By the program's words: the key in the Terraform, and the parameter of the template.
FEATURES = {
    "logs": ("logs", "Logs"),
    "secrets": ("secrets", "Secrets"),
    "ssm-parameters": ("ssm-parameters", "SsmParameters"),
    "exec": ("exec", "Exec"),
    "service-connect": ("service-connect", "ServiceConnect"),
    "guardduty": ("guardduty", "GuardDuty"),
}
PROFILES = {"ec2": "ContainerInstances", "ssm": "ManagedInstances"}
# What fits the place in which the program is asked for.
EXTRAS = {"ec2messages": ("ec2messages", "Ec2Messages"), "kms": ("kms", "CustomerManagedKeys")}


class Template(yaml.SafeLoader):
    """Keeps the short forms of CloudFormation's functions as pairs."""


def function(loader, tag, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: kinds[type(node)](node)}


Template.add_multi_constructor("!", function)


def bare(value):
    """What python-hcl2 leaves in its quotes."""
    if isinstance(value, dict):
        return {bare(key): bare(one) for key, one in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [bare(one) for one in value]
    return value.strip('"') if isinstance(value, str) else value


def told(program, *options):
    """The endpoint services that are needed: those that have to be, and those that may be."""
    said = subprocess.run([program, "endpoints", "--json", *options], check=True, capture_output=True, text=True)
    endpoints = json.loads(said.stdout)["endpoints"]
    required = {one["endpoint_service_name"] for one in endpoints if one["need"] == "required"}
    return required, {one["endpoint_service_name"] for one in endpoints}


def by_terraform(body, region, features):
    values = body["locals"][0]
    services = {name for feature in ["images", *features] for name in values["services_of"][feature]}

    def prefix(name):
        return "cn.com.amazonaws" if region.startswith("cn-") and name in values["other_in_china"] else "com.amazonaws"

    return {f"{prefix(name)}.{region}.{name}" for name in services | {"s3"}}


def by_template(template, region, parameters):
    def holds(test):
        match test:
            case {"Equals": [{"Ref": name}, wanted]}:
                return (REGIONS[region] if name == "AWS::Partition" else parameters[name]) == wanted
            case {"Or": tests}:
                return any(holds(one) for one in tests)
        sys.exit(f"what is the condition {test}?")

    def name(value):
        match value:
            case {"Sub": text}:
                return text.replace("${AWS::Region}", region)
            case {"If": [condition, then, otherwise]}:
                return name(then if holds(template["Conditions"][condition]) else otherwise)
        sys.exit(f"what is the name {value}?")

    return {
        name(one["Properties"]["ServiceName"])
        for one in template["Resources"].values()
        if one["Type"] == "AWS::EC2::VPCEndpoint"
        and ("Condition" not in one or holds(template["Conditions"][one["Condition"]]))
    }


def compare(program, body, template):
    number = 0
    for region, profiles in itertools.product(REGIONS, (["ec2"], ["fargate"], ["ec2", "ssm"])):
        for features in itertools.chain.from_iterable(itertools.combinations(FEATURES, n) for n in (0, 1, 2, 6)):
            if region.startswith("us-gov") and "guardduty" in features:
                continue
            options = ["--region", region, "--profile", ",".join(profiles)]
            required, all_of_them = told(program, *options, *(["--feature", ",".join(features)] if features else []))
            extras = [name for name in EXTRAS if f"com.amazonaws.{region}.{name}" in all_of_them]
            keys = [FEATURES[one][0] for one in features] + [EXTRAS[one][0] for one in extras]
            chosen = {FEATURES[one][1] for one in features} | {EXTRAS[one][1] for one in extras}
            chosen |= {PROFILES[one] for one in profiles if one in PROFILES}
            parameters = {name: "yes" if name in chosen else "no" for name in template["Parameters"]}
            for what, made in (
                ("Terraform", by_terraform(body, region, profiles + keys)),
                ("template", by_template(template, region, parameters)),
            ):
                if not required <= made <= all_of_them:
                    sys.exit(
                        f"{what}, {region}, {profiles}, {features}: lacks {sorted(required - made)}, "
                        f"and nobody needs {sorted(made - all_of_them)}"
                    )
            number += 1
    return number


def resources_of(body):
    return {(kind, name): one for block in body["resource"] for kind, named in block.items() for name, one in named.items()}


def same_form(program, report, body, template):
    def fix(form):
        said = subprocess.run(
            [program, "fix", "--format", form, "--report", report], check=True, capture_output=True, text=True
        )
        return said.stdout

    meta = {"count", "for_each", "depends_on"}
    wanted = [one for (kind, _), one in resources_of(bare(hcl2.loads(fix("terraform")))).items() if kind == "aws_vpc_endpoint"]
    ours = {name: one for (kind, name), one in resources_of(body).items() if kind == "aws_vpc_endpoint"}
    for name in ("ecs_agent", "ecs_telemetry", "ecs", "others"):
        if set(ours[name]) - meta != set(wanted[0]) - meta or ours[name]["private_dns_enabled"] is not True:
            sys.exit(f"Terraform: {name} has another form than in vpce-probe fix")
    if "ecs_agent" not in str(ours["ecs_telemetry"]["depends_on"]) or "ecs_telemetry" not in str(ours["ecs"]["depends_on"]):
        sys.exit("Terraform: the endpoints of ECS are in another order")
    made = yaml.load(fix("cloudformation"), Template)["Resources"]["EcsTelemetryEndpoint"]["Properties"]
    endpoints = {name: one for name, one in template["Resources"].items() if one["Type"] == "AWS::EC2::VPCEndpoint"}
    for name, one in endpoints.items():
        if name != "S3Endpoint" and {**one["Properties"], "ServiceName": 0} != {**made, "ServiceName": 0}:
            sys.exit(f"template: {name} has another form than in vpce-probe fix")
    after = [endpoints[name].get("DependsOn") for name in ("EcsAgentEndpoint", "EcsTelemetryEndpoint", "EcsEndpoint")]
    if after != [None, "EcsAgentEndpoint", "EcsTelemetryEndpoint"]:
        sys.exit("template: the endpoints of ECS are in another order")


def main(program, report, terraform, cloudformation):
    body = bare(hcl2.loads(pathlib.Path(terraform).read_text(encoding="ascii")))
    template = yaml.load(pathlib.Path(cloudformation).read_text(encoding="ascii"), Template)
    same_form(program, report, body, template)
    print(f"{compare(program, body, template)} choices of endpoints are those that the program asks for")


main(*sys.argv[1:])
