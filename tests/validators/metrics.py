"""Judges of metrics and of what is made of them; each says what is wrong and ends with 1.

text FILE...                            no series is there twice, which no parser minds
openmetrics FILE...                     the same, and the files are OpenMetrics
dashboard FILE                          the file is a dashboard that Grafana shows as it is meant
expressions FILE                        prints the expressions of a dashboard as a file of rules
names DASHBOARD ALERTS TEST PAGE...     the first three name only series that stand on the pages
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

# Given by whoever collects, not by vpce-probe.
TARGET_LABELS = {"job", "instance"}
# Their values differ from place to place.
OPEN_LABELS = {"service", "host", "region", "availability_zone", "vpc_id", "instance_id", "task_arn",
               "cluster", "version", "code"}
COLUMNS = 24


def text(*files):
    for file in files:
        lines = Path(file).read_text().splitlines()
        samples = Counter(line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#"))
        for sample in (sample for sample, number in samples.items() if number > 1):
            yield f"{file}: {sample} is there twice"


def openmetrics(*files):
    for file in files:
        try:
            families = list(text_string_to_metric_families(Path(file).read_text()))
        except (ValueError, KeyError) as error:
            yield f"{file}: {error}"
            continue
        yield from text(file)
        for family in families:
            if not family.documentation or not family.name.startswith("vpce_probe_"):
                yield f"{file}: {family.name} has no help or a foreign name"
            if family.name.endswith("_seconds") != (family.unit == "seconds"):
                yield f"{file}: the unit of {family.name} is {family.unit!r}"


def dashboard(file):
    board = json.loads(Path(file).read_text())
    panels = board["panels"]
    for what, values in {"id": [p["id"] for p in panels], "title": [p["title"] for p in panels]}.items():
        if len(set(values)) != len(values):
            yield f"two panels have the same {what}"
    taken = {}
    for panel in panels:
        title, place = panel["title"], panel["gridPos"]
        if place["x"] < 0 or place["x"] + place["w"] > COLUMNS or min(place["w"], place["h"]) < 1:
            yield f"{title} does not fit"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                other = taken.setdefault((x, y), title)
                if other != title:
                    yield f"{title} lies over {other}"
        if not panel["description"] or not panel["targets"]:
            yield f"{title} says nothing"
        refs = [target["refId"] for target in panel["targets"]]
        if len(set(refs)) != len(refs):
            yield f"{title} has two queries of one name"
        for part in [panel, *panel["targets"]]:
            if part["datasource"] != {"type": "prometheus", "uid": "${datasource}"}:
                yield f"{title} asks another data source"
    if board["schemaVersion"] < 36 or board["id"] is not None or not board["uid"]:
        yield "of an old form, or of one Grafana's own database"
    variables = {variable["name"] for variable in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?(\w+)", " ".join(queries(board)))) - {"__rate_interval"}
    if used | {"datasource"} != variables:
        yield f"variables are {sorted(variables)}, used are {sorted(used)}"


def queries(board):
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
            yield f"count by ({found[2]}) ({found[1]})"


def expressions(file):
    board = json.loads(Path(file).read_text())
    rules = [
        {"record": f"dashboard:{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(queries(board))
    ]
    print(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    return ()


def series(text):
    """The series of a page or an expression: name, and its labels with operators and values."""
    for name, labels in re.findall(r"\b(vpce_probe_\w+)(?:\{([^}]*)\})?", text):
        yield name, re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"', labels or "")


def names(board_file, alerts_file, test_file, *pages):
    known = {}
    for page in pages:
        lines = [line for line in Path(page).read_text().splitlines() if line[:1] not in "#-"]
        for name, labels in series("\n".join(lines)):
            of_name = known.setdefault(name, {})
            for label, _, value in labels:
                of_name.setdefault(label, set()).add(value)
    every_label = {label for labels in known.values() for label in labels} | TARGET_LABELS

    board = json.loads(Path(board_file).read_text())
    rules = [rule for group in yaml.safe_load(Path(alerts_file).read_text())["groups"] for rule in group["rules"]]
    tests = yaml.safe_load(Path(test_file).read_text())["tests"]
    texts = [*queries(board), *(rule["expr"] for rule in rules)]
    used = [text for test in tests for text in (one["series"] for one in test["input_series"])]
    for text in texts + used:
        found = list(series(text))
        # Whether a target answers is Prometheus's own series.
        if not found and not re.match(r"up\{job=", text):
            yield f"no metric of vpce-probe in {text}"
        for name, labels in found:
            if name not in known:
                yield f"vpce-probe has no metric {name}"
                continue
            for label, operator, value in labels:
                if label in TARGET_LABELS:
                    continue
                if label not in known[name]:
                    yield f"{name} has no label {label}"
                elif label not in OPEN_LABELS:
                    values = value.split("|") if "~" in operator else [value]
                    for missing in set(values) - known[name][label]:
                        yield f"no {name} has {label}={missing}"
    for text in texts:
        for labels in re.findall(r"\b(?:by|without|on|ignoring|group_left)\s*\(([^)]*)\)", text):
            for label in filter(None, map(str.strip, labels.split(","))):
                if label not in every_label:
                    yield f"there is no label {label}: {text}"
    shown = json.dumps(board) + json.dumps(rules)
    for label in re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", shown):
        if label not in every_label:
            yield f"there is no label {label} to show"
    # An alert that no test raises may never come.
    raised = {one["alertname"] for test in tests for one in test["alert_rule_test"] if one.get("exp_alerts")}
    for missing in {rule["alert"] for rule in rules} - raised:
        yield f"no test raises {missing}"


if __name__ == "__main__":
    judges = {judge.__name__: judge for judge in (text, openmetrics, dashboard, expressions, names)}
    wrong = list(judges[sys.argv[1]](*sys.argv[2:]))
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
