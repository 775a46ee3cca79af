"""Runs in the lab: the candidates in turn, as often as is asked for. Arguments: a file with what to do, one for what
came of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import inside
from candidates import BY_KEY, Order
from daemon import Daemon, cpu_ms
from works import Work

# The process in which all servers of the lab are, and the path to them.
LAB = 1
# The lab keeps it in memory.
SCRATCH = Path("/run/benchmark")
LIMIT_S = 300
MIB = 1024
WATCH_READY_S = 30


class Bench:
    def __init__(self, job):
        self.job = job
        self.order = Order(Work(**job["work"]), job["program"], SCRATCH / "work")
        self.order.write()
        self.daemon = None

    def once(self, words):
        """What a command took, and what it wrote."""
        told_in, told_out = os.pipe()
        with open(SCRATCH / "stdout", "wb") as stdout, open(SCRATCH / "stderr", "wb") as stderr:
            measure = subprocess.Popen([self.job["measure"], str(told_out), *words], stdin=subprocess.DEVNULL,
                                       stdout=stdout, stderr=stderr, pass_fds=(told_out,), start_new_session=True)
            os.close(told_out)
            try:
                measure.wait(LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(measure.pid, signal.SIGKILL)
                measure.wait()
        with os.fdopen(told_in) as pipe:
            told = pipe.read().split()
        if not told:
            return {"wall_ms": LIMIT_S * 1000, "cpu_ms": 0, "rss_mib": 0, "status": -1}, "", "no end within the limit"
        wall, cpu, rss, status = map(int, told)
        taken = {"wall_ms": wall / 1000, "cpu_ms": cpu / 1000, "rss_mib": rss / MIB, "status": status}
        return taken, (SCRATCH / "stdout").read_text(), (SCRATCH / "stderr").read_text()

    def run(self, candidate):
        before = self.daemon.cpu_ms() if candidate.needs_daemon else 0
        servers_before = cpu_ms(LAB)
        taken, stdout, stderr = self.once(candidate.command(self.order))
        taken["servers_ms"] = cpu_ms(LAB) - servers_before
        if candidate.needs_daemon:
            taken["cpu_ms"] += self.daemon.cpu_ms() - before
            taken["rss_mib"] = max(taken["rss_mib"], self.daemon.peak_mib())
        try:
            taken["verified"] = candidate.verified(stdout)
        except (ValueError, KeyError):
            taken["verified"] = 0
        all_there = taken["verified"] == candidate.expected(self.order.work.names)
        taken["well"] = taken["status"] == 0 and all_there
        if not taken["well"]:
            taken["why"] = (f"ended with {taken['status']}, verified {taken['verified']} "
                            f"of {candidate.expected(self.order.work.names)}: {stderr.strip()[-300:]}")
        return taken

    def rounds(self):
        candidates = [BY_KEY[key] for key in self.job["candidates"]]
        if any(candidate.needs_daemon for candidate in candidates):
            self.daemon = Daemon(self.job["blackbox"], SCRATCH)
        results = {candidate.key: [] for candidate in candidates}
        try:
            # The first run of each is not counted.
            for number in range(1 + self.job["rounds"]):
                for candidate in candidates:
                    taken = self.run(candidate)
                    if number > 0 or self.job["rounds"] == 0:
                        results[candidate.key].append(taken)
        finally:
            if self.daemon:
                self.daemon.stop()
        return results

    def commands(self):
        """`--help`, `health` beside a watch, and for comparison the least that any program costs."""
        socket = "@benchmark"
        watch = [self.job["program"], "watch", "--socket", socket, "--interval", "60s"]
        watch = subprocess.Popen(watch, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        health = [self.job["program"], "health", "--socket", socket]
        end = time.monotonic() + WATCH_READY_S
        try:
            while self.once(health)[0]["status"] != 0 and time.monotonic() < end:
                time.sleep(0.1)
            wanted = {"health": health, "--help": [self.job["program"], "--help"], "true": ["/bin/true"]}
            results = {name: [] for name in wanted}
            for _ in range(self.job["rounds"]):
                for name, words in wanted.items():
                    taken = self.once(words)[0]
                    results[name].append({**taken, "well": taken["status"] == 0})
            return results
        finally:
            watch.terminate()
            watch.wait()


def main(job_file, result_file):
    job = json.loads(Path(job_file).read_text())
    SCRATCH.mkdir()
    # Dynamic programs would look for each library in many folders without what the machine keeps about them.
    shutil.copytree(job["etc"], "/etc", dirs_exist_ok=True)
    bench = Bench(job)
    results = {"runs": bench.commands() if job.get("commands") else bench.rounds()}
    if job.get("look_inside"):
        results["inside"] = inside.look(BY_KEY["vpce-probe"].command(bench.order), SCRATCH)
    Path(result_file).write_text(json.dumps(results))


main(*sys.argv[1:])
