#!/usr/bin/env python3
"""Builds the libraries of this folder, and calls their twins from Node.js and from what uniffi generates for Python.

    python3 tests/bindings/run.py

Not in CI: what they are made of takes minutes to build. Where there is no Node.js, that part is skipped, in capitals.
"""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parents[1] / "target") / "bindings"
START, END = {"darwin": ("lib", ".dylib"), "win32": ("", ".dll")}.get(sys.platform, ("lib", ".so"))

# Not a measure of speed: what takes this long hangs.
DEADLINE = 120


def main():
    run("cargo", "build", "--quiet", "--manifest-path", HERE / "Cargo.toml", "--target-dir", TARGET, deadline=None)
    library = lambda name: TARGET / "debug" / f"{START}{name}{END}"
    if shutil.which("node"):
        module = TARGET / "twins.node"
        shutil.copy(library("node"), module)
        check("node", run("node", HERE / "node" / "test.js", TWINS=module))
    else:
        print("SKIPPED: THERE IS NO NODE.JS HERE")
    folder = TARGET / "generated"
    bindgen = TARGET / "debug" / "uniffi-bindgen"
    run(bindgen, "generate", "--library", library("twins_uniffi"), "--language", "python", "--no-format", "--out-dir", folder, cwd=HERE)
    shutil.copy(library("twins_uniffi"), folder)
    check("uniffi", run(sys.executable, HERE / "uniffi" / "test.py", PYTHONPATH=folder))


def run(*command, deadline=DEADLINE, cwd=None, **variables):
    """What it says. What fails ends this, too."""
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    return subprocess.run(command, env=environment, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True, timeout=deadline).stdout


def check(name, said):
    if "ok" not in said.split():
        sys.exit(f"FAILED {name}: {said}")
    print(f"ok      {name}")


if __name__ == "__main__":
    main()
