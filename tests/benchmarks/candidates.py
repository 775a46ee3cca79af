"""Who does the work: how each is started, and what shows that it has done all of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from works import ZONES

AUTHORITIES = "/etc/vpce-lab/ca.pem"
BLACKBOX_PORT = 9115
# More than this curl does not do at once.
CURL_MOST = 300
PARTS = Path(__file__).parent


@dataclass(frozen=True)
class Candidate:
    """`command` makes the words of a work; `verified` counts in its output what it has verified."""

    key: str
    title: str
    addresses_each: int
    program: str
    version: tuple
    command: callable
    verified: callable
    needs_daemon: bool = False

    def expected(self, names):
        return names * self.addresses_each


class Order:
    """A work as the candidates get it: files of names, and paths."""

    def __init__(self, work, program, folder):
        self.work, self.program, self.folder = work, program, Path(folder)
        self.names = self.folder / "names"
        self.urls = self.folder / "urls"
        self.probes = self.folder / "probes"
        self.at_once = 64 if work.names * ZONES <= 64 else CURL_MOST

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        names = self.work.all_names()
        self.names.write_text("".join(f"{name}\n" for name in names))
        self.urls.write_text("".join(
            f'url = "https://{name}/"\noutput = "/dev/null"\nwrite-out = "{name} %{{remote_ip}}\\n"\n' for name in names))
        self.probes.write_text("".join(
            f'url = "http://127.0.0.1:{BLACKBOX_PORT}/probe?module=endpoint&target={name}:443"\n' for name in names))


def vpce_probe(order):
    words = [order.program, "--json"]
    if order.work.base == "fargate":
        words += [word for service in order.work.services() for word in ("--only", service)]
    return words + [word for name in order.work.further_names() for word in ("--host", name)]


def curl(order, config):
    return ["curl", "-sS", "-4", "-Z", "--parallel-immediate", "--parallel-max", str(order.at_once), "--connect-timeout", "3",
            "--cacert", AUTHORITIES, "-K", str(config)]


def loop(order):
    return [str(PARTS / "loop"), AUTHORITIES, *order.names.read_text().split()]


def loops(order):
    return ["xargs", "-a", str(order.names), "-P16", "-n1", str(PARTS / "loop"), AUTHORITIES]


def reported(text):
    checks = json.loads(text)["checks"]
    return sum(address["result"] == "verified" for check in checks for address in check["addresses"])


def lines(text):
    # curl prints a line for what has failed too, without an address.
    return len(re.findall(r"^\S+ \d+\.\d+\.\d+\.\d+$", text, re.MULTILINE))


def successes(text):
    return len(re.findall(r"^probe_success 1$", text, re.MULTILINE))


CURL = ("curl", "--version")
TOOLS = ("dig", "-v"), ("openssl", "version")
CANDIDATES = [
    Candidate("vpce-probe", "vpce-probe", 2, "vpce-probe", (), vpce_probe, reported),
    Candidate("curl", "curl -Z", 1, "curl", (CURL,), lambda order: curl(order, order.urls), lines),
    Candidate("curl-each", "dig, then curl -Z at every address", 2, "curl", (CURL, TOOLS[0]),
              lambda order: [str(PARTS / "each-address"), AUTHORITIES, str(order.at_once), str(order.names)], lines),
    Candidate("blackbox", "blackbox_exporter, running already, asked by curl -Z", 1, "blackbox_exporter",
              (("prometheus-blackbox-exporter", "--version"),), lambda order: curl(order, order.probes), successes, True),
    Candidate("loops", "dig, nc and openssl s_client, by xargs -P16", 2, "openssl", TOOLS, loops, lines),
    Candidate("loop", "dig, nc and openssl s_client, one by one", 2, "openssl", TOOLS, loop, lines),
    Candidate("asyncio", "Python asyncio", 2, "python3", (("/usr/bin/python3", "--version"),),
              lambda order: ["/usr/bin/python3", str(PARTS / "asyncio_probe.py"), AUTHORITIES, str(order.names)], lines),
]
BY_KEY = {candidate.key: candidate for candidate in CANDIDATES}
