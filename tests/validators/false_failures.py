"""Prints one line of the table of tests/count-false-failures, from the reports of its runs."""

import collections
import json
import pathlib
import statistics
import sys

name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
failures = warnings = 0
codes = collections.Counter()
took = []
for exit_file in sorted(folder.glob("*.exit")):
    ended = exit_file.read_text().strip()
    report = exit_file.with_suffix(".json").read_text()
    if ended not in ("0", "1"):
        sys.exit(f"{name}: a run ended with {ended}: {exit_file.with_suffix('.err').read_text()}")
    report = json.loads(report)
    found = {finding["code"] for finding in report["findings"]}
    codes.update(found)
    failures += ended == "1"
    warnings += ended == "0" and bool(found)
    took.append(report["observations"]["elapsed_ms"])
told = ", ".join(f"{code} {count}x" for code, count in sorted(codes.items())) or "none"
print(
    f"| {name} | {len(took)} | {failures} ({100 * failures / len(took):.1f} %) | {warnings} | {told} "
    f"| {statistics.median(took):.0f} | {max(took):.0f} |",
    flush=True,
)
