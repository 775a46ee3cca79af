"""The one candidate that runs all the time: blackbox_exporter, asked for one name at a time."""

import socket
import subprocess
import time
from pathlib import Path

from candidates import AUTHORITIES, BLACKBOX_PORT

READY_S = 10
MODULES = f"""modules:
  endpoint:
    prober: tcp
    timeout: 5s
    tcp:
      preferred_ip_protocol: ip4
      tls: true
      tls_config:
        ca_file: {AUTHORITIES}
"""


class Daemon:
    def __init__(self, program, scratch):
        modules = Path(scratch) / "blackbox.yml"
        modules.write_text(MODULES)
        address = f"127.0.0.1:{BLACKBOX_PORT}"
        words = [program, f"--config.file={modules}", f"--web.listen-address={address}", "--log.level=error"]
        nothing = subprocess.DEVNULL
        self.process = subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing)
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", BLACKBOX_PORT), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{program} does not listen within {READY_S} s")

    def cpu_ms(self):
        return cpu_ms(self.process.pid)

    def peak_mib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait()


def cpu_ms(process):
    """The time that its threads were on a processor; the kernel's table has nanoseconds."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6
