"""Inside the lab: runs the program as one line of JSON on standard input says, and writes what came of each run
as one line of JSON."""

import json
import os
import subprocess
import sys
import tempfile
import time

PEAK = "/run/peak"
# A run that takes longer hangs.
LIMIT_S = 20


def full_pipe():
    """The writing end of a pipe that nobody reads, and that takes nothing more."""
    kept, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    return write, [kept, write]


def reader_gone():
    read, write = os.pipe()
    os.close(read)
    return write, [write]


def stream(kind):
    """A stream of that kind for the program, and the descriptors to close afterwards."""
    if kind == "full-pipe":
        return full_pipe()
    if kind == "reader-gone":
        return reader_gone()
    if kind == "full-disk":
        descriptor = os.open("/dev/full", os.O_WRONLY)
        return descriptor, [descriptor]
    return subprocess.DEVNULL, []


def once(job, command):
    words = ["/usr/bin/time", "--quiet", "--output", PEAK, "--format", "%M", "--", job["program"], *command]
    if job.get("stdout") == "closed":
        words = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *words]
    # What it says goes to a file: whoever reads a pipe would need time of the processor.
    out, err = tempfile.TemporaryFile(dir="/run"), tempfile.TemporaryFile(dir="/run")
    stdout, to_close = stream(job.get("stdout"))
    stderr, more = stream(job.get("stderr"))
    endless = subprocess.DEVNULL
    if job.get("stdin") == "silent":
        endless, kept = os.pipe()
        more += [endless, kept]
    began = time.monotonic()
    child = subprocess.Popen(
        words,
        stdin=endless,
        stdout=stdout if to_close else out,
        stderr=stderr if more and job.get("stderr") else err,
        env={**os.environ, **job.get("env", {})},
    )
    try:
        code = child.wait(LIMIT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        code = None
    took_ms = (time.monotonic() - began) * 1000
    for descriptor in [*to_close, *more]:
        os.close(descriptor)
    out.seek(0)
    err.seek(0)
    with open(PEAK, encoding="ascii") as peak:
        told = peak.read().split()
    return {
        "took_ms": took_ms,
        "exit": code,
        "peak_kib": int(told[-1]) if told else None,
        "stdout": out.read().decode(errors="replace"),
        "stderr": err.read().decode(errors="replace")[:500],
    }


def main():
    job = json.loads(sys.stdin.readline())
    for step in job.get("before", []):
        subprocess.run(["/bin/sh", "-ec", step], check=True)
    silent = None
    if job.get("silent_disk"):
        os.mkdir("/run/disk")
        here = os.path.dirname(os.path.abspath(__file__))
        words = [sys.executable, "-B", f"{here}/silent_file_system.py", "/run/disk", "at-once"]
        silent = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not silent.stdout.readline():
            print(json.dumps({"missing": "FUSE"}))
            return
    for command in job["commands"]:
        for _ in range(job["runs"]):
            open(PEAK, "w", encoding="ascii").close()
            print(json.dumps({"command": command, **once(job, command)}), flush=True)
    if silent:
        silent.kill()


if __name__ == "__main__":
    main()
