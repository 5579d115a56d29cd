"""The interpreter ends while daemon threads are in calls. Argument: what they do."""

import sys
import threading
import time

import twins

kind = sys.argv[1] if len(sys.argv) > 1 else "twins"
port = twins.serve()
ready = threading.Barrier(9)


def call_twins(number):
    match number % 4:
        case 0:
            twins.wait(1)
        case 1:
            for _ in twins.Ticks(100, 0):
                pass
        case 2:
            twins.download(5, lambda step, of: None)
        case 3:
            twins.Client.connect(port).get("key")


def call_back(number):
    # The lock is taken by threads that Python has not started.
    twins.call_in_task(threading.get_ident)


def sleep(number):
    # Comes back to the interpreter again and again, as those do, without a line of Rust.
    time.sleep(0.0005)


def work(number):
    ready.wait()
    code = {"twins": call_twins, "callbacks": call_back, "python": sleep, "rust": sleep}[kind]
    while True:
        code(number)


if kind == "rust":
    # Neither is here any twin.
    twins.take_the_lock_in_threads(8)
for number in range(8):
    threading.Thread(target=work, args=(number,), daemon=True).start()
ready.wait()
time.sleep(0.02)
print("ok", flush=True)
