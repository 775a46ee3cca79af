"""Runs the program in every way to be slow, and writes a table. Ends with 1 when a run is late, takes up too
much memory, or does not report what it could have finished."""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tomllib

from ways import ALL, HEALTHY, SCENARIOS

TESTS = pathlib.Path(__file__).resolve().parent.parent
INSIDE = TESTS / "deadline" / "inside.py"

GRACE_MS = 50
MOST_KIB = 16 * 1024

# A verdict; and that what it was told cannot be used, which only the health check of a container tells as a verdict.
VERDICTS = {0, 1}
REFUSAL = {78}

# What is run, and after how many milliseconds it has to end. Those that print a report as JSON are read.
CHECK = {"check 1 s": (["--json", "--deadline", "1s"], 1000), "check 4 s": (["--json", "--deadline", "4s"], 4000)}
OTHERS = {
    "health 1 s": (["health", "--deadline", "1s"], 1000),
    "agent status 1 s": (["agent", "status", "--deadline", "1s"], 1000),
    "wait 2 s": (["wait", "--timeout", "2s", "--deadline", "1s"], 2000),
}
HEALTH = "health 1 s"


def scenario(name):
    """The scenario's own changes over its base, as far as names and servers go."""
    own = tomllib.loads((TESTS / "scenarios" / f"{name}.toml").read_text())
    base = tomllib.loads((TESTS / "vpcs" / f"{own['base']}.toml").read_text())
    vpc = own.get("vpc", {})
    servers = {**base.get("servers", {}), **vpc.get("servers", {})}
    resolvers = {**base.get("resolvers", {}), **vpc.get("resolvers", {})}
    changed = {name: entry for name, entry in vpc.get("names", {}).items()}
    args = own.get("run", {}).get("args", [])
    return {"servers": servers, "resolvers": resolvers, "names": changed, "vpc": vpc, "args": args}


def is_affected(host, here):
    """Whether something on the way to this host is slow or broken."""
    odd = (name == host["host"] or (name.startswith("*") and host["host"].endswith(name[1:])) for name in here["names"])
    if host["pinned"] or any(odd):
        return True
    lookups = [attempt for lookup in host["lookups"] for attempt in lookup["attempts"]]
    asked = {attempt["server"] for attempt in lookups}
    # A resolver that answers in the end makes up for those before it.
    has_answer = any(attempt["outcome"] == "answered" for attempt in lookups)
    if not has_answer:
        unwell = (here["resolvers"].get(server, {"behaviour": "none"}).get("behaviour", "answer") for server in asked)
        return "resolv" in str(here["vpc"]) or any(word != "answer" for word in unwell)
    addresses = (seen["address"] for seen in host["addresses"])
    return any(here["servers"].get(address, {}).get("behaviour", "tls") != "tls" for address in addresses)


def judged(run, limit_ms, here, way, words, is_read):
    """What is wrong with a run, in words."""
    faults = []
    if run["exit"] is None:
        return ["hung"]
    exits = REFUSAL if way.get("refuses") else VERDICTS
    if way.get("refuses") and words == HEALTH:
        exits = {1}
    if run["exit"] not in exits:
        faults.append(f"ended with {run['exit']}: {run['stderr'][:200]!r}")
    if run["took_ms"] > limit_ms + GRACE_MS:
        faults.append(f"{run['took_ms'] - limit_ms:.0f} ms over")
    if run["peak_kib"] is None or run["peak_kib"] > MOST_KIB:
        faults.append(f"took up {run['peak_kib']} KiB")
    if is_read and not way.get("refuses") and not way.get("stdout"):
        try:
            report = json.loads(run["stdout"])
        except ValueError:
            return [*faults, f"no report: exit {run['exit']}, {run['stderr'][:200]!r}"]
        run["report"] = report
        well = {check["host"]: check["status"] for check in report["checks"]}
        if not report["checks"]:
            faults.append("nothing was checked")
        missing = [
            host["host"]
            for host in report["observations"]["hosts"]
            if not way.get("no_names") and not is_affected(host, here) and well.get(host["host"]) != "pass"
        ]
        if missing:
            faults.append(f"not in the report as pass: {', '.join(missing)}")
    return faults


def measured(options, way):
    commands = {**CHECK, **OTHERS}
    with_args = {
        words: [*command, *way.get("args", [])]
        for words, (command, _) in commands.items() if words not in way.get("without", [])
    }
    job = {**way, "program": options.program, "runs": options.runs, "commands": list(with_args.values())}
    lab = subprocess.run(
        [options.lab, way["scenario"], "--command", sys.executable, "-B", str(INSIDE)],
        input=json.dumps(job) + "\n", capture_output=True, text=True, timeout=600, check=False,
    )
    runs = [json.loads(line) for line in lab.stdout.splitlines()]
    if runs and "missing" in runs[0]:
        return None
    if len(runs) != len(with_args) * options.runs:
        sys.exit(f"{way['scenario']}: the lab ended with {lab.returncode}: {lab.stderr[-1000:]}")
    return {
        words: [run for run in runs if run["command"] == command] for words, command in with_args.items()
    }


def row(way, by_command, here):
    commands = {**CHECK, **OTHERS}
    faults, cells, over, peak = [], [], 0.0, 0
    for words, (_, limit_ms) in commands.items():
        runs = by_command.get(words)
        if not runs:
            cells.append("-")
            continue
        for run in runs:
            is_read = words in CHECK and not (way["words"] == ALL and limit_ms == 1000)
            found = judged(run, limit_ms, here, way, words, is_read)
            faults += [f"{words}: {fault}" for fault in found]
            peak = max(peak, run["peak_kib"] or 0)
            over = max(over, run["took_ms"] - limit_ms)
        cells.append(f"{max(run['took_ms'] for run in runs):.0f}")
    report = next((run["report"] for run in by_command["check 4 s"] if "report" in run), None)
    if report:
        states = [check["status"] for check in report["checks"]]
        codes = " ".join(sorted({finding["code"] for finding in report["findings"]}))
        finished = f"{sum(state != 'unknown' for state in states)} of {len(states)}"
        told = f"{report['status']} {codes}".strip()
    else:
        finished = "-"
        told = f"exit {by_command['check 4 s'][0]['exit']}"
    line = [way["words"], *cells, f"{over:.0f}" if over > 0 else "-", finished, f"{peak / 1024:.1f}", told]
    return "| " + " | ".join(line) + " |", faults


def main():
    parser = argparse.ArgumentParser(prog="tests/prove-deadline", description=__doc__)
    parser.add_argument("--program", help="this vpce-probe instead of the release or, without one, the build for tests")
    parser.add_argument("--lab", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=3, help="of each command, one after the other")
    parser.add_argument("--only", default="", help="ways that have these words in them")
    parser.add_argument("--output", help="where the table goes, beside standard output")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()

    ways = [{"words": words, "scenario": name, "args": scenario(name)["args"]} for words, name in SCENARIOS]
    ways += [{"words": words, "scenario": "healthy-ec2", **way} for words, way in HEALTHY]
    ways = [way for way in ways if options.only in way["words"]]
    if not ways:
        parser.error(f"no way to be slow has the words {options.only!r}")
    if options.runs < 1:
        parser.error("--runs takes a number from 1 on")
    if options.check:
        return
    options.program = os.path.realpath(options.program)
    heads = ["what is slow", *CHECK, *OTHERS, "over by", "finished", "peak MiB", "verdict of the check"]
    lines = [
        f"Ended after so many milliseconds, the worst of {options.runs}, on {datetime.date.today()}.", "",
        "| " + " | ".join(heads) + " |", "|---" * len(heads) + "|",
    ]
    print("\n".join(lines), flush=True)
    faults = []
    for way in ways:
        here = scenario(way["scenario"])
        by_command = measured(options, way)
        if by_command is None:
            lines.append(f"| {way['words']} | not tried: there is no FUSE here |" + " |" * (len(heads) - 2))
            faults.append(f"{way['words']}: not tried, so not proven")
        else:
            line, found = row(way, by_command, here)
            lines.append(line)
            faults += [f"{way['words']}: {fault}" for fault in found]
        print(lines[-1], flush=True)
    if options.output:
        pathlib.Path(options.output).write_text("\n".join(lines) + "\n")
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
