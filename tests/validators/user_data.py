"""Takes user-data apart with cloud-init's own code, as an instance would: writes each part to a folder, named
after its number and what cloud-init does with it. Arguments: the user-data, the folder."""

import pathlib
import sys

from cloudinit.helpers import Paths
from cloudinit.user_data import UserDataProcessor

# What EC2 takes, before it is encoded.
MOST_BYTES = 16 * 1024
KINDS = {
    "text/x-shellscript": "script",
    "text/cloud-boothook": "boothook",
    "text/cloud-config": "cloud-config",
}


def main(path, folder):
    blob = pathlib.Path(path).read_bytes()
    if len(blob) > MOST_BYTES:
        sys.exit(f"{path}: {len(blob)} bytes, and EC2 takes {MOST_BYTES}")
    message = UserDataProcessor(Paths({"run_dir": folder, "cloud_dir": folder})).process(blob)
    parts = [part for part in message.walk() if not part.is_multipart()]
    if not parts:
        sys.exit(f"{path}: cloud-init finds no part in it")
    for number, part in enumerate(parts, start=1):
        kind = KINDS.get(part.get_content_type())
        if kind is None:
            sys.exit(f"{path}: part {number} is {part.get_content_type()}, which nothing runs")
        body = part.get_payload(decode=True)
        # cloud-init takes this line away before it runs the rest.
        marks = {"boothook": b"#cloud-boothook\n", "cloud-config": b"#cloud-config\n", "script": b"#!"}
        if not body.startswith(marks[kind]):
            sys.exit(f"{path}: part {number} does not begin as {kind}")
        if kind == "boothook":
            body = body.removeprefix(marks[kind])
        if kind != "cloud-config" and not body.startswith(b"#!/bin/bash\n"):
            sys.exit(f"{path}: part {number} does not name its interpreter")
        pathlib.Path(folder, f"{number}.{kind}").write_bytes(body)


main(*sys.argv[1:])
