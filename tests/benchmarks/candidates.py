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
PYTHON = "/usr/bin/python3"
BLACKBOX = "prometheus-blackbox-exporter"


@dataclass(frozen=True)
class Candidate:
    """`parts` are the programs it needs, with what makes them tell their versions; `command` makes the words of a
    work; `verified` counts in its output what it has verified."""

    key: str
    title: str
    addresses_each: int
    parts: tuple
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
            f'url = "https://{name}/"\noutput = "/dev/null"\nwrite-out = "{name} %{{remote_ip}}\\n"\n'
            for name in names))
        asked = f"http://127.0.0.1:{BLACKBOX_PORT}/probe?module=endpoint&target"
        self.probes.write_text("".join(f'url = "{asked}={name}:443"\n' for name in names))


def vpce_probe(order):
    services = [word for service in order.work.services() for word in ("--only", service)]
    hosts = [word for name in order.work.further_names() for word in ("--host", name)]
    return [order.program, "--json", *services, *hosts]


def curl(order, config):
    return ["curl", "-sS", "-4", "-Z", "--parallel-immediate", "--parallel-max", str(order.at_once),
            "--connect-timeout", "3", "--cacert", AUTHORITIES, "-K", str(config)]


def curl_each(order):
    return [str(PARTS / "each-address"), AUTHORITIES, str(order.at_once), str(order.names)]


def blackbox(order):
    return curl(order, order.probes)


def asyncio(order):
    return [PYTHON, str(PARTS / "asyncio_probe.py"), AUTHORITIES, str(order.names)]


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


CANDIDATES = [
    Candidate("vpce-probe", "vpce-probe", 2, (), vpce_probe, reported),
    Candidate("curl", "curl -Z", 1, ("curl --version",), lambda order: curl(order, order.urls), lines),
    Candidate("curl-each", "dig, then curl -Z at every address", 2, ("curl --version", "dig -v"), curl_each, lines),
    Candidate("blackbox", "blackbox_exporter, running before, asked by curl -Z", 1,
              (f"{BLACKBOX} --version", "curl --version"), blackbox, successes, needs_daemon=True),
    Candidate("loops", "dig, nc and openssl s_client, by xargs -P16", 2,
              ("xargs --version", "dig -v", "nc.openbsd -h", "openssl version"), loops, lines),
    Candidate("loop", "dig, nc and openssl s_client, one by one", 2,
              ("dig -v", "nc.openbsd -h", "openssl version"), loop, lines),
    Candidate("asyncio", "Python asyncio", 2, (f"{PYTHON} --version",), asyncio, lines),
]
BY_KEY = {candidate.key: candidate for candidate in CANDIDATES}
