"""What a run of vpce-probe asks of others, beside what it costs: sockets that are open at once, and DNS packets in its
busiest second. Each is seen in a run of its own, that is not timed."""

import ctypes
import re
import socket
import struct
import subprocess
import threading
from collections import deque
from pathlib import Path

# Of all protocols: only so the kernel shows what goes out.
ETH_P_ALL = 0x0003
SO_ATTACH_FILTER, SO_TIMESTAMPNS, SO_RCVBUFFORCE = 26, 35, 33
PACKET_OUTGOING = 4
# UDP to port 53, from the beginning of the IP header: code, jump if so, jump if not, value.
TO_A_RESOLVER = [
    (0x30, 0, 0, 9), (0x15, 0, 4, 17), (0xB1, 0, 0, 0), (0x48, 0, 0, 2), (0x15, 0, 1, 53), (0x06, 0, 0, 0xFFFF),
    (0x06, 0, 0, 0),
]
CALL = re.compile(r"^\d+\s+(?:<\.\.\. )?(socket|close)\b(.*)$")


def look(words, scratch):
    return {"sockets": sockets_at_once(words, Path(scratch) / "trace"), **questions(words)}


def sockets_at_once(words, trace):
    traced = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=socket,close", "-e", "signal=none", "-o", str(trace)]
    subprocess.run([*traced, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return most_open(trace.read_text())


def most_open(text):
    opened, most = set(), 0
    for line in text.splitlines():
        found = CALL.match(line)
        if not found:
            continue
        call, rest = found.groups()
        result = re.search(r"= (\d+)", rest)
        descriptor = re.match(r"\((\d+)", rest)
        if call == "socket" and result:
            opened.add(int(result.group(1)))
            most = max(most, len(opened))
        elif call == "close" and descriptor:
            opened.discard(int(descriptor.group(1)))
    return most


def questions(words):
    """How many questions there were, and how many in the busiest second."""
    seen, done = [], threading.Event()
    with listener() as packets:
        reader = threading.Thread(target=read, args=(packets, seen, done))
        reader.start()
        subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        done.set()
        reader.join()
    return {"questions": len(seen), "busiest_second": busiest(sorted(seen))}


def listener():
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    program = b"".join(struct.pack("HBBI", *step) for step in TO_A_RESOLVER)
    kept = ctypes.create_string_buffer(program)
    attached = struct.pack("HP", len(TO_A_RESOLVER), ctypes.addressof(kept))
    packets.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, attached)
    packets.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    packets.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    packets.settimeout(0.1)
    return packets


def read(packets, seen, done):
    while True:
        try:
            _, ancillary, _, source = packets.recvmsg(64, 64)
        except TimeoutError:
            if done.is_set():
                return
            continue
        # Each packet is there once more where it comes in.
        if source[2] == PACKET_OUTGOING:
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            seen.append(seconds + nanoseconds / 1e9)


def busiest(times):
    window, most = deque(), 0
    for moment in times:
        window.append(moment)
        while window[0] <= moment - 1:
            window.popleft()
        most = max(most, len(window))
    return most
