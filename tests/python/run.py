#!/usr/bin/env python3
"""Builds the extension of this folder, and runs programs that call its twins.

    python3 tests/python/run.py               what needs Python alone: this is in CI
    python3 tests/python/run.py --all         also what needs packages, which come from PyPI into a virtual environment
    python3 tests/python/run.py plain cells   these programs
    python3 tests/python/run.py --measure     ratios to what else Python programs do, and lines of code
    python3 tests/python/run.py --exits 200   how often a process whose daemon threads are in calls ends well

Needs Rust, and Python 3.10 or later with its standard library. What cannot be had here is skipped, in capitals.
"""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or HERE.parents[1] / "target") / "python"
ENVIRONMENT = TARGET / "venv"

# Programs, and the packages of PyPI that each needs.
ALONE = {name: [] for name in ("plain", "in_asyncio", "threads", "processes", "at_exit", "ctrl_c")}
WITH_PACKAGES = {
    "cells": ["nbclient", "ipykernel"],
    "web_fastapi": ["fastapi", "uvicorn"],
    "web_gradio": ["gradio"],
}
# What programs say that are not over with an "ok".
SAYS = {"at_exit": {"ok", "threading", "atexit", "finalize", "del"}}

# What twins are measured beside.
PEERS = ["nest_asyncio"]

# Not a measure of speed: what takes this long hangs.
DEADLINE = 120


def main():
    if sys.version_info < (3, 10):
        return print(f"SKIPPED: PYTHON {sys.version.split()[0]} IS TOO OLD, AND 3.10 IS NEEDED")
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("programs", nargs="*", metavar="program", help=", ".join(ALONE | WITH_PACKAGES))
    options.add_argument("--all", action="store_true")
    options.add_argument("--measure", action="store_true")
    options.add_argument("--exits", type=int, metavar="COUNT")
    options = options.parse_args()
    chosen = options.programs or list(ALONE | (WITH_PACKAGES if options.all else {}))
    if options.measure or (options.exits and not options.programs):
        chosen = options.programs

    folder = build(options.measure)
    runs = [run(name, packages(name), folder) for name in chosen]
    if options.exits or not options.programs and not options.measure:
        runs.append(exits(options.exits or 20, folder))
    if options.measure:
        lines_of_code()
        runs.append(run("measure", PEERS, folder))
    if not all(runs):
        sys.exit("FAILED")


def build(with_peers):
    """The folder that the module can be imported from."""
    command = ["cargo", "build", "--quiet", "--manifest-path", HERE / "Cargo.toml", "--target-dir", TARGET]
    if with_peers:
        command += ["--release", "--features", "peers"]
    # Set by the script of a package of Python's, it would be that Python, and not ours.
    environment = dict(os.environ, PYO3_PYTHON=sys.executable)
    if sys.platform == "darwin":
        environment["RUSTFLAGS"] = "-C link-arg=-undefined -C link-arg=dynamic_lookup"
    subprocess.run(command, check=True, env=environment)
    profile = TARGET / ("release" if with_peers else "debug")
    built = next(path for path in (profile / f"{start}twins{end}" for start, end in LIBRARIES) if path.exists())
    folder = profile / "importable"
    folder.mkdir(exist_ok=True)
    # A copy, and under a new name first: a process may have the old one mapped.
    fresh = folder / f"twins.{os.getpid()}"
    shutil.copy(built, fresh)
    fresh.replace(folder / ("twins.pyd" if sys.platform == "win32" else "twins.abi3.so"))
    return folder


LIBRARIES = [("lib", ".so"), ("lib", ".dylib"), ("", ".dll")]


def packages(name):
    if name not in ALONE | WITH_PACKAGES:
        sys.exit(f"there is no program {name}; there are {', '.join(ALONE | WITH_PACKAGES)}")
    return (ALONE | WITH_PACKAGES)[name]


def run(name, needed, folder):
    """Whether the program is fine, or cannot be tried here."""
    python = sys.executable
    if needed:
        python = interpreter_with(needed)
        if python is None:
            return True
    start = time.monotonic()
    ended, output = execute([python, HERE / "programs" / f"{name}.py"], folder)
    # What goes wrong at a process's end is written, and it ends with 0 all the same.
    is_silent = not any(word in output for word in ("Traceback", "Exception ignored", "panicked"))
    is_fine = ended == 0 and is_silent and SAYS.get(name, {"ok"}) <= set(output.split())
    print(f"{'ok' if is_fine else 'FAILED':7} {name} ({time.monotonic() - start:.1f} s)", flush=True)
    if not is_fine:
        print(f"{describe(ended)}\n{output}", flush=True)
    elif name == "measure":
        print(output)
    return is_fine


def interpreter_with(needed):
    """That of a virtual environment in which these packages are. None if they cannot be had."""
    python = ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True, capture_output=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needed]
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    except (OSError, subprocess.SubprocessError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        print(f"SKIPPED: {', '.join(needed)} CANNOT BE INSTALLED HERE: {' '.join(map(str, last))}", flush=True)
        return None
    return python


def execute(command, folder):
    """How the process ended, and all that it said."""
    environment = dict(os.environ, PYTHONPATH=str(folder), PYTHONFAULTHANDLER="1", PYTHONDONTWRITEBYTECODE="1")
    # A group of its own, since a program that hangs may have children.
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=DEADLINE)
        return process.returncode, output
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]


def describe(ended):
    match ended:
        case None:
            return f"ended after {DEADLINE} s"
        case int() if ended < 0:
            return f"killed by {signal.Signals(-ended).name}"
        case _:
            return f"ended with {ended}"


def exits(count, folder):
    """How processes end whose threads are in calls, beside those whose threads are in Python's own `sleep`, or take its lock in Rust
    without sync-twin. The last two are not ours, and say what CPython and PyO3 do by themselves."""
    is_fine = True
    for kind in ("twins", "callbacks", "python", "rust"):
        ends = {}
        for _ in range(count):
            ended, output = execute([sys.executable, HERE / "programs" / "exits.py", kind], folder)
            how = "well" if ended == 0 and output.split() == ["ok"] else describe(ended)
            ends.setdefault(how, []).append(output)
        print(f"{'ok' if set(ends) == {'well'} else 'FAILED':7} exits of {kind}: "
              + ", ".join(f"{len(outputs)} × {how}" for how, outputs in ends.items()), flush=True)
        for how, outputs in ends.items():
            if how != "well":
                print(f"the first that was {how}:\n{outputs[0]}", flush=True)
        is_fine &= kind in ("python", "rust") or set(ends) == {"well"}
    return is_fine


def lines_of_code():
    """Of the class, as a blocking type and by hand: lines that are no documentation, comments or empty."""
    def count(lines):
        code = (line.strip() for line in lines)
        return sum(bool(line) and not line.startswith("//") for line in code)

    def of(file, begin):
        lines = (HERE / "src" / file).read_text().splitlines()
        return lines[next(index for index, line in enumerate(lines) if line.startswith(begin)):]

    by_hand = count(of("by_hand.rs", "static RUNTIME"))
    attributes, depth = [], 0
    for line in of("client.rs", "/// A client of a server"):
        if depth or line.strip().startswith("#[sync_wrapper"):
            attributes.append(line)
            depth += line.count("[") + line.count("(") - line.count("]") - line.count(")")
    once = of("lib.rs", "pub(crate) fn detached")[:3]
    print(f"lines for a class with five methods, beside the async client: "
          f"{count(attributes)} of attributes ({count(once)} more once per crate), {by_hand} by hand")


if __name__ == "__main__":
    main()
