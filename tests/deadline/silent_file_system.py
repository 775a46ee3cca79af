"""A FUSE file system with one file, `file`, that never answers. Arguments: where it is mounted, and when it
falls silent: `at-once` (it takes no request at all, as a network disk whose server is gone) or `at-reads` (it
has taken the request, which only its own end frees).

Source: Linux, include/uapi/linux/fuse.h.
"""

import ctypes
import os
import struct
import sys
import time

LOOKUP, FORGET, GETATTR, OPEN, READ, FLUSH, RELEASE, INIT = 1, 2, 3, 14, 15, 25, 18, 26
INTERRUPT, BATCH_FORGET = 36, 42
ROOT, FILE = 1, 2
HEAD = struct.Struct("<IIQQIIII")
NOT_IMPLEMENTED = 38


def attributes(inode):
    mode = 0o40755 if inode == ROOT else 0o100644
    return struct.pack("<6Q10I", inode, 1000, 2, 0, 0, 0, 0, 0, 0, mode, 1, 0, 0, 0, 4096, 0)


def answer(operation, inode):
    """The answer to a request; none where there is none to give."""
    if operation == INIT:
        return struct.pack("<4I2H2I2H8I", 7, 31, 65536, 0, 0, 0, 65536, 1, 0, 0, *[0] * 8)
    if operation == LOOKUP:
        return struct.pack("<4Q2I", FILE, 0, 60, 60, 0, 0) + attributes(FILE)
    if operation == GETATTR:
        return struct.pack("<Q2I", 60, 0, 0) + attributes(inode)
    if operation == OPEN:
        return struct.pack("<Q2I", 1, 0, 0)
    return b""


def main():
    place, silent = sys.argv[1:3]
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"silent", place.encode(), b"fuse", 0, options.encode()) != 0:
        sys.exit(f"no FUSE here: {os.strerror(ctypes.get_errno())}")
    print("mounted", flush=True)
    if silent == "at-once":
        time.sleep(3600)
    while True:
        request = os.read(device, 1 << 20)
        _, operation, unique, inode, *_ = HEAD.unpack_from(request)
        if operation in (READ, FORGET, BATCH_FORGET, INTERRUPT):
            continue
        known = operation in (INIT, LOOKUP, GETATTR, OPEN, FLUSH, RELEASE)
        data = answer(operation, inode) if known else b""
        error = 0 if known else -NOT_IMPLEMENTED
        os.write(device, struct.pack("<IiQ", 16 + len(data), error, unique) + data)


if __name__ == "__main__":
    main()
