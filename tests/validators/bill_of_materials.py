"""Judges that the bill of materials and the program itself name the very crates that cargo puts into it."""

import json
import subprocess
import sys


def crates(target, edges):
    """What cargo resolves for the program, without what only its tests need."""
    tree = ["cargo", "tree", "--locked", "--package", "vpce-probe", "--target", target, "--prefix", "none"]
    said = subprocess.run([*tree, "--edges", edges, "--format", "{p}"], check=True, text=True, stdout=subprocess.PIPE)
    return {tuple(line.split()[:2]) for line in said.stdout.splitlines()}


def called(package):
    return package["name"], "v" + package["version"]


def same(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {sorted(found - expected)} too much, {sorted(expected - found)} missing")


def named_by(program):
    said = subprocess.run(["rust-audit-info", program], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if said.returncode != 0:
        sys.exit(f"{program}: it does not name its crates: {said.stderr}")
    return json.loads(said.stdout)["packages"]


def main(target, bill_file, program):
    every, linked = crates(target, "normal"), crates(target, "normal,no-proc-macro")
    with open(bill_file, encoding="utf-8") as file:
        bill = json.load(file)
    components = bill["components"] + [bill["metadata"]["component"]]
    of_cargo = [part for part in components if part["purl"].startswith("pkg:cargo/")]
    same(bill_file, {called(part) for part in of_cargo}, every)
    same(f"required in {bill_file}", {called(part) for part in of_cargo if part["scope"] == "required"}, linked)
    same("libraries", {part["name"] for part in components if part not in of_cargo}, {"glibc", "rust-std"})
    if "file:///" in json.dumps(bill).replace("path+file:///source/", ""):
        sys.exit(f"{bill_file}: it names a folder of the machine that built it")

    packages = named_by(program)
    same(program, {called(package) for package in packages}, every)
    same(f"linked into {program}", {called(part) for part in packages if part.get("kind") != "build"}, linked)
    roots = [package["name"] for package in packages if package.get("root")]
    reached, waiting = set(), [place for place, package in enumerate(packages) if package.get("root")]
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting += packages[place].get("dependencies", [])
    if roots != ["vpce-probe"] or len(reached) != len(packages):
        sys.exit(f"{program}: its crates do not hang together")


main(*sys.argv[1:])
