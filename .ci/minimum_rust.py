"""Whether the minimum supported Rust of some packages is also enough for what they depend on.

    cargo metadata --format-version 1 | python3 minimum_rust.py PACKAGE...
"""

import json
import sys

from dependencies import dependencies


def version(text):
    """`1.85` and `1.85.0` are the same."""
    parts = [int(part) for part in text.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


def main(names):
    metadata = json.load(sys.stdin)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    members = {packages[id]["name"]: packages[id] for id in metadata["workspace_members"]}

    failures = []
    for name in names:
        ours = members[name]["rust_version"]
        if ours is None:
            failures.append(f"{name} has no `rust-version`")
            continue
        print(f"{name}: {ours}")
        for id in sorted(dependencies(members[name]["id"], nodes)):
            package = packages[id]
            theirs = package["rust_version"]
            print(f"  {package['name']} {package['version']}: {theirs or 'does not say'}")
            if theirs is not None and version(theirs) > version(ours):
                failures.append(f"{package['name']} {package['version']} needs Rust {theirs}, {name} promises {ours}")

    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


main(sys.argv[1:])
