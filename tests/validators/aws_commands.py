"""Holds the `aws` commands in texts, comments included, against the model of botocore: that the operation and
its parameters exist, that values in JSON or in short form are what they take, and that --query is
well-formed. Prints how many commands there are."""

import itertools
import json
import re
import shlex
import sys

import botocore.session
import jmespath
from botocore import xform_name
from model import faults_of_model

SESSION = botocore.session.get_session()
NOBODY = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nobody"}
OF_THE_CLIENT = {"query", "output", "region", "profile", "no-cli-pager"}
# Made by the client itself, of several operations.
OF_THE_CLIENT_ALONE = {("s3", "cp"), ("ecr", "get-login-password")}


def commands(text):
    text = re.sub(r"^ *#+ ?", "", text, flags=re.MULTILINE)
    text = re.sub(r"\\\n *", "", text)
    for line in re.findall(r"^ *aws ([a-z0-9]+ [a-z-]+ .*)$", text, flags=re.MULTILINE):
        reader = shlex.shlex(line, posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        # What follows a pipe or a redirection is no word of the command.
        yield list(itertools.takewhile(lambda word: not set(word) <= set("();<>|&"), reader))


def options(words):
    """Each option with its values, in order."""
    found = []
    for word in words:
        if word.startswith("--"):
            found.append((word[2:], []))
        else:
            found[-1][1].append(word)
    return found


def pairs(shape, text):
    """What the client makes of NAME=VALUE,NAME=VALUE,VALUE"""
    found = {}
    for name, values in re.findall(r"(\w+)=([^=]*)(?:,(?=\w+=)|$)", text):
        member = shape.value if shape.type_name == "map" else shape.members[name]
        found[name] = values.split(",") if member.type_name == "list" else values
    return found


def value_of(shape, words):
    """What the client makes of the words of one option."""
    if shape.type_name == "boolean" and not words:
        return True
    if shape.type_name == "list" and not words[0].startswith(("[", "{")):
        return [pairs(shape.member, word) for word in words] if shape.member.type_name == "structure" else words
    if shape.type_name == "map" and not words[0].startswith("{"):
        return pairs(shape, words[0])
    text = " ".join(words)
    if shape.type_name == "structure" and not text.startswith("{"):
        text = re.sub(r"\[([^]]*)\]", lambda found: json.dumps(found[1].split(",")), text)
        text = "{" + re.sub(r"(\w+)=", r'"\1":', text) + "}"
    if shape.type_name in ("structure", "list"):
        return json.loads(text)
    return int(text) if shape.type_name in ("integer", "long") else text


def operation_of(service, action):
    model = SESSION.get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    return model.operation_model(names[action])


def faults(words):
    service, action, *rest = words
    if (service, action) in OF_THE_CLIENT_ALONE:
        return
    if action == "wait":
        waiters = SESSION.create_client(service, region_name="us-east-1", **NOBODY).waiter_names
        action, rest = rest[0].replace("-", "_"), rest[1:]
        if action not in waiters:
            yield f"nothing waits for {action}"
            return
        action = "describe-" + action.split("_")[0]
    shape = operation_of(service, action).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    given = {}
    for option, values in options(rest):
        if option == "query":
            jmespath.compile(" ".join(values))
        elif option == "cli-input-json":
            given |= {name: None for name in shape.required_members}
        elif option in members:
            name, member = members[option]
            given[name] = value_of(member, values)
        elif option not in OF_THE_CLIENT:
            yield f"{action} has no --{option}"
    if missing := set(shape.required_members) - given.keys():
        yield f"{action} lacks {', '.join(missing)}"
    for name, value in given.items():
        if value is not None:
            yield from faults_of_model(value, shape.members[name])


def main(paths):
    bad = number = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            found = list(commands(file.read()))
        for words in found:
            number += 1
            try:
                told = list(faults(words))
            except (LookupError, ValueError, jmespath.exceptions.JMESPathError) as error:
                told = [f"{type(error).__name__}: {error}"]
            for fault in told:
                print(f"{path}: aws {' '.join(words)}: {fault}", file=sys.stderr)
                bad += 1
    print(number)
    return 1 if bad or not number else 0


sys.exit(main(sys.argv[1:]))
