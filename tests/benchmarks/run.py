"""Builds a VPC for each work, lets the candidates do it there, and writes the tables. Called by tests/benchmark."""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

from candidates import BLACKBOX, BY_KEY, CANDIDATES, PYTHON
from table import page
from works import BROKEN, Work, compared, growing

PARTS = Path(__file__).parent
# What dynamic programs read of the machine, as far as it is there.
OF_THE_MACHINE = ["ld.so.cache", "nsswitch.conf", "ssl/openssl.cnf", "services", "protocols", "gai.conf"]


def arguments():
    parser = argparse.ArgumentParser(prog="tests/benchmark", description="Measures vpce-probe and what people use.")
    parser.add_argument("--rounds", type=int, default=15, help="how often each candidate runs (15)")
    parser.add_argument("--quick", action="store_true", help="three rounds, and no work of many names")
    parser.add_argument("--only", action="append", choices=list(BY_KEY), help="besides vpce-probe; repeatable")
    parser.add_argument("--work", default="", help="works with this in their key: 12-p-256-0ms, 200-, 10ms, grow")
    parser.add_argument("--program", help="measure this vpce-probe instead of the release")
    parser.add_argument("--lab", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--tools", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--to", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds takes a number from 1 on")
    keys = [work.key for work in compared(options.quick)] + ["grow"]
    if not any(options.work in key for key in keys):
        parser.error(f"--work: none has {options.work!r} in its key: {', '.join(keys)}")
    return options


class Laboratory:
    """Scenarios, and the jobs that are run in them, below one folder."""

    def __init__(self, options):
        self.options = options
        self.folder = Path(options.to)
        self.tools = Path(options.tools)
        shutil.rmtree(self.folder / "scenarios", ignore_errors=True)
        shutil.copytree(PARTS.parent / "vpcs", self.folder / "vpcs", dirs_exist_ok=True)
        (self.folder / "scenarios").mkdir(parents=True)
        for name in OF_THE_MACHINE:
            source, copy = Path("/etc") / name, self.folder / "etc" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.exists():
                shutil.copy(source, copy)

    def where(self, program):
        """Where a program is, or nothing. The tools of the benchmark come first."""
        own = self.tools / program
        return str(own) if own.exists() else shutil.which(program)

    def run(self, work, candidates=("vpce-probe",), rounds=None, **more):
        scenario = self.folder / "scenarios" / f"{work.key}.toml"
        scenario.write_text(work.scenario())
        job, result = self.folder / "job.json", self.folder / "result.json"
        result.unlink(missing_ok=True)
        asked = {key: value for key, value in asdict(work).items() if key != "key"}
        job.write_text(json.dumps({
            "work": asked, "candidates": list(candidates), "program": self.options.program,
            "rounds": self.options.rounds if rounds is None else rounds, "measure": str(self.tools / "measure"),
            "blackbox": self.where(BLACKBOX), "etc": str(self.folder / "etc"), **more,
        }))
        words = [self.options.lab, str(scenario), "--command", PYTHON, "-B", str(PARTS / "rounds.py"), str(job),
                 str(result)]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0 or not result.exists():
            sys.exit(f"{work.key}: the lab ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(result.read_text())


def missing(candidate, laboratory):
    """What of a candidate could not be installed."""
    programs = [part.split()[0] for part in candidate.parts]
    absent = [program for program in programs if not laboratory.where(program)]
    return absent and f"{' and '.join(absent)} cannot be installed here"


def versions(laboratory):
    own = subprocess.run([laboratory.options.program, "--version"], capture_output=True, text=True, check=True)
    said = [own.stdout.strip()]
    parts = dict.fromkeys(part for candidate in CANDIDATES for part in candidate.parts)
    for program, *words in map(str.split, parts):
        if path := laboratory.where(program):
            done = subprocess.run([path, *words], capture_output=True, text=True, check=False)
            number = re.search(r"\b\d+[.]\d[\w.~+-]*", done.stdout + done.stderr)
            said.append(f"{Path(program).name} {number.group() if number else 'of unknown version'}")
    return said


def machine():
    processor = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                 if line.startswith("model name")]
    memory = Path("/proc/meminfo").read_text().split()[1]
    return {"processor": processor[0] if processor else platform.machine(), "cores": len(processor) or "?",
            "memory_gib": round(int(memory) / 2**20), "kernel": platform.release()}


class Others:
    """What else runs on this machine: where that is much, wall times say little."""

    def __init__(self):
        self.begin = self.taken(), time.monotonic()

    def taken(self):
        user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split()[1:9])
        busy = (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")
        return busy - sum(os.times()[:4])

    def percent(self):
        taken, began = self.begin
        return 100 * (self.taken() - taken) / (time.monotonic() - began) / os.cpu_count()


def say(text):
    print(text, file=sys.stderr, flush=True)


def main():
    options = arguments()
    if options.check:
        return
    # In the lab the current folder is another one.
    options.program = str(Path(options.program).resolve())
    if options.quick:
        options.rounds = min(options.rounds, 3)
    laboratory, others = Laboratory(options), Others()
    wanted = list(dict.fromkeys(["vpce-probe", *options.only])) if options.only else list(BY_KEY)
    absent = {key: missing(BY_KEY[key], laboratory) for key in wanted}
    present = [key for key in wanted if not absent[key]]
    results = {"machine": machine(), "versions": versions(laboratory), "rounds": options.rounds,
               "missing": {key: why for key, why in absent.items() if why}, "instance": None,
               "size": Path(options.program).stat().st_size, "works": [], "growth": [], "proofs": {}}

    for broken in BROKEN:
        say(f"who sees {broken}?")
        runs = laboratory.run(Work(broken=broken), present, rounds=0)["runs"]
        results["proofs"][broken] = {key: not taken[-1]["well"] for key, taken in runs.items()}
    for work in compared(options.quick):
        if options.work in work.key:
            say(work.title)
            found = laboratory.run(work, present)
            results["works"].append({"work": asdict(work), "title": work.title, "short": work.short, **found})
    if options.work in "grow":
        for work in growing(options.quick):
            say(f"vpce-probe alone: {work.title}")
            found = laboratory.run(work, look_inside=True)
            results["growth"].append({"work": asdict(work), "title": work.title, **found})
        say("vpce-probe on a container instance")
        results["instance"] = laboratory.run(Work(base="ec2"))
    say("the commands that do not check")
    results["commands"] = laboratory.run(Work(), commands=True)["runs"]

    results["others_percent"] = max(0, others.percent())
    (laboratory.folder / "results.json").write_text(json.dumps(results, indent=1))
    text = page(results)
    (laboratory.folder.parent / "benchmark.md").write_text(text)
    print(text)


main()
