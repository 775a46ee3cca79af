"""Holds every command of the AWS CLI in texts against the services' own models: the operation exists, and has
a parameter for each option. Prints how many there are. Arguments: the texts."""

import itertools
import pathlib
import re
import shlex
import sys

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from model import HIGHER

# Of every command, not of the operation.
COMMON = {"cli-input-json", "output", "region", "query"}


def commands(text):
    # A comment is a text, too; a line that ends with a backslash goes on.
    text = re.sub(r"^ *#+ ?", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\\n *", "", text)
    return re.findall(r"^ *(aws [a-z0-9]+ [a-z-]+ .*)$", text, flags=re.MULTILINE)


def fault(command):
    reader = shlex.shlex(command, posix=True, punctuation_chars=True)
    # Up to a pipe, or whatever else follows.
    words = list(itertools.takewhile(lambda word: not set(word) <= set("();<>|&"), reader))
    service, operation = words[1:3]
    if (service, operation) in HIGHER:
        return None
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    known = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in known:
        return "there is no such operation"
    shape = model.operation_model(known[operation]).input_shape
    options = {xform_name(name, "-") for name in shape.members} | COMMON
    given = [word[2:] for word in words if word.startswith("--")]
    for option in given:
        if option not in options:
            return f"there is no --{option}"
    if "cli-input-json" not in given:
        for name in shape.required_members:
            if xform_name(name, "-") not in given:
                return f"--{xform_name(name, '-')} is missing"
    return None


def main(paths):
    found = [(path, one) for path in paths for one in commands(pathlib.Path(path).read_text(encoding="utf-8"))]
    faults = [(path, one, why) for path, one in found if (why := fault(one))]
    for path, one, why in faults:
        print(f"{path}: {one}: {why}", file=sys.stderr)
    print(f"{len(found)} commands of the AWS CLI")
    return 1 if faults or not found else 0


sys.exit(main(sys.argv[1:]))
