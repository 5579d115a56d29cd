"""Whether all that is compiled when somebody depends on some packages may be used as they may.

    cargo metadata --format-version 1 | python3 licences.py PACKAGE...
"""

import json
import re
import sys

from dependencies import dependencies

# Those that ask for nothing but their own text to be passed on.
ALLOWED = {"MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Unicode-3.0", "Unlicense", "Zlib"}


def is_allowed(expression):
    """`A OR B` leaves the choice, and of `A AND B` both have to be allowed. `A/B` is an old way to write `OR`."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either():
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        token = tokens.pop(0)
        if token == "(":
            result = either()
            tokens.pop(0)
            return result
        if tokens and tokens[0] == "WITH":
            del tokens[:2]
            return False
        return token in ALLOWED

    return either()


def main(names):
    metadata = json.load(sys.stdin)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    roots = [id for id in metadata["workspace_members"] if packages[id]["name"] in names]
    assert len(roots) == len(names), names

    failures = []
    for id in sorted(set().union(*(dependencies(root, nodes) | {root} for root in roots))):
        package = packages[id]
        licence = package["license"] or ""
        print(f"{package['name']} {package['version']}: {licence or 'does not say'}")
        if not licence or not is_allowed(licence):
            failures.append(f"{package['name']} {package['version']} has the licence {licence!r}")

    assert is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0") and not is_allowed("MIT AND GPL-3.0") and is_allowed("GPL-2.0 OR MIT")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


main(sys.argv[1:])
