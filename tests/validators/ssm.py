"""Judges documents of AWS Systems Manager, and does with their parameters what Run Command does.

    ssm.py requests ASSOCIATION DOCUMENT...   against the service's own model
    ssm.py template DOCUMENT                  a CloudFormation template around it, for cfn-lint
    ssm.py same TEMPLATE DOCUMENT...          the template's documents are these
    ssm.py script DOCUMENT NAME=VALUE...      what an instance would run
    ssm.py place DOCUMENT NAME=VALUE...       where it finds what the document downloads
"""

import json
import pathlib
import re
import sys

import yaml
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator


# Those that the documents use. cfn-lint lets any name pass.
ACTIONS = {"aws:runShellScript", "aws:downloadContent"}
LINUX = {"StringEquals": ["platformType", "Linux"]}


class Template(yaml.SafeLoader):
    """Takes the short forms of CloudFormation's functions for what they are called on."""


Template.add_multi_constructor("!", lambda loader, tag, node: f"!{tag} {node.value}")


def document(path):
    told = yaml.safe_load(pathlib.Path(path).read_text(encoding="ascii"))
    for step in told["mainSteps"]:
        if step["action"] not in ACTIONS or step["precondition"] != LINUX:
            sys.exit(f"{path}: {step['name']} is not for Linux, or no known action")
    return told


def value(name, parameter, given):
    text = given.get(name, parameter.get("default"))
    if text is None:
        sys.exit(f"{name} is not given")
    allowed = parameter.get("allowedValues")
    pattern = parameter.get("allowedPattern")
    if not allowed and not pattern:
        sys.exit(f"{name} may be anything, and gets into a script")
    if (allowed and text not in allowed) or (pattern and not re.search(pattern, text)):
        sys.exit(f"{name} may not be {text!r}")
    return text


def inputs(told, action):
    return [step["inputs"] for step in told["mainSteps"] if step["action"] == action]


def put_in(told, given, text):
    parameters = told["parameters"]
    if set(given) - set(parameters):
        sys.exit(f"there is no parameter {set(given) - set(parameters)}")
    values = {name: value(name, parameter, given) for name, parameter in parameters.items()}
    # Text by text, whatever stands around it: nothing is quoted by Run Command.
    return re.sub(r"{{ *(\w+) *}}", lambda found: values[found[1]], text)


def script(path, given):
    told = document(path)
    steps = inputs(told, "aws:runShellScript")
    print(put_in(told, given, "\n".join(line for step in steps for line in step["runCommand"])))


def place(path, given):
    told = document(path)
    (step,) = inputs(told, "aws:downloadContent")
    source = json.loads(put_in(told, given, step["sourceInfo"]))["path"]
    destination = step["destinationPath"]
    if not destination.startswith("/"):
        sys.exit(f"{path}: {destination} is somewhere below the folders of the SSM agent")
    # Source: amazon-ssm-agent, agent/plugins/downloadcontent/s3resource/s3resource.go.
    print(destination + source.rsplit("/", 1)[1] if destination.endswith("/") else destination)


def requests(association, documents):
    model = ServiceModel(Loader().load_service_model("ssm", "service-2"))
    asked = [("CreateAssociation", json.loads(pathlib.Path(association).read_text(encoding="ascii")))]
    for path in documents:
        content = pathlib.Path(path).read_text(encoding="ascii")
        name = pathlib.Path(path).stem
        asked.append(
            ("CreateDocument", {"Name": name, "DocumentType": "Command", "DocumentFormat": "YAML", "Content": content})
        )
    for operation, request in asked:
        report = ParamValidator().validate(request, model.operation_model(operation).input_shape)
        if report.has_errors():
            sys.exit(f"{operation}: {report.generate_report()}")
    wanted = asked[0][1]
    path = next(path for path in documents if pathlib.Path(path).stem == wanted["Name"])
    for name, values in wanted["Parameters"].items():
        value(name, document(path)["parameters"][name], {name: values[0]})


def template(path):
    properties = {"DocumentType": "Command", "Content": document(path)}
    print(json.dumps({"Resources": {"Document": {"Type": "AWS::SSM::Document", "Properties": properties}}}))


def same(path, documents):
    resources = yaml.load(pathlib.Path(path).read_text(encoding="ascii"), Template)["Resources"].values()
    told = [one["Properties"]["Content"] for one in resources if one["Type"] == "AWS::SSM::Document"]
    if not told or told != [document(one) for one in documents]:
        sys.exit(f"{path} holds other documents")


match sys.argv[1:]:
    case ["requests", association, *documents]:
        requests(association, documents)
    case ["template", path]:
        template(path)
    case ["same", path, *documents]:
        same(path, documents)
    case ["script", path, *given]:
        script(path, dict(one.split("=", 1) for one in given))
    case ["place", path, *given]:
        place(path, dict(one.split("=", 1) for one in given))
    case _:
        sys.exit(__doc__)
