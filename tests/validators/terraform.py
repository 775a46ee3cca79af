"""Parses Terraform files, and holds what they refer to against what they define."""

import re
import sys

import hcl2


def faults(text):
    body = hcl2.loads(text)
    word = lambda quoted: quoted.strip('"')
    variables = {word(name) for block in body.get("variable", []) for name in block}
    resources = {
        (word(kind), word(name))
        for block in body.get("resource", [])
        for kind, named in block.items()
        for name in named
    }
    read = {
        (word(kind), word(name))
        for block in body.get("data", [])
        for kind, named in block.items()
        for name in named
    }
    code = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    defined = re.findall(r'^resource "(\w+)" "(\w+)"', code, flags=re.MULTILINE)
    if len(defined) != len(set(defined)) or set(defined) != resources:
        yield "a resource is defined twice, or not seen by the parser"
    for name in set(re.findall(r"\bvar\.(\w+)", code)) - variables:
        yield f"var.{name} is not defined"
    for name in variables - set(re.findall(r"\bvar\.(\w+)", code)):
        yield f"variable {name} is not used"
    for kind, name in set(re.findall(r"\bdata\.(aws_\w+)\.(\w+)", code)) ^ read:
        yield f"data.{kind}.{name} is not both defined and used"
    code = re.sub(r"\bdata\.\w+\.\w+", "", code)
    for kind, name in set(re.findall(r"\b(aws_\w+)\.(\w+)", code)) - resources:
        yield f"{kind}.{name} is not defined"
    values = {word(name) for block in body.get("locals", []) for name in block if not name.startswith("__")}
    for name in set(re.findall(r"\blocal\.(\w+)", code)) ^ values:
        yield f"local.{name} is not both defined and used"


def main(paths):
    bad = 0
    for path in paths:
        try:
            with open(path, encoding="ascii") as file:
                found = list(faults(file.read()))
        except Exception as error:  # Whatever the parser says is what is to be told.
            found = [f"{type(error).__name__}: {error}"]
        for fault in found:
            print(f"{path}: {fault}", file=sys.stderr)
            bad += 1
    return 1 if bad else 0


sys.exit(main(sys.argv[1:]))
