"""Whether a program that adds sync-twin to tokio gets no crate without a reason.

    cargo tree --edges normal --prefix none -p sync-twin | python3 default_tree.py
"""

import sys

TOKIO = {"tokio", "pin-project-lite"}

# What is compiled beyond that, and what for. Twelve at most.
REASONS = {
    "sync-twin-macros": "the attribute",
    "syn": "reads Rust",
    "quote": "writes it",
    "proc-macro2": "tokens, for both",
    "unicode-ident": "of proc-macro2: what an identifier is",
    "futures-util": "`FuturesUnordered`, the set behind `batch`",
    "futures-core": "of futures-util: its traits",
    "futures-task": "of futures-util: its wakers",
    "slab": "of futures-util",
    "arc-swap": "what calls hold on to while `shutdown` takes it away",
    "rustversion": "of arc-swap: what the compiler can do; only at build time",
    "libc": "forks and signal masks; tokio has it too, with almost any feature",
}


def main():
    found = {line.split()[0] for line in sys.stdin if line.strip()} - TOKIO - {"sync-twin"}
    for name in sorted(found):
        print(f"{name}: {REASONS.get(name, 'no reason')}")
    failures = [f"`{name}` is new: give it a reason here, or go without" for name in sorted(found - REASONS.keys())]
    failures += [f"`{name}` is not there any more" for name in sorted(REASONS.keys() - found)]
    if len(REASONS) > 12:
        failures.append("more than twelve")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    sys.exit(bool(failures))


main()
