"""What a call costs that yields once, made by sync code inside a running asyncio loop, and a request over a socket.

The ways take turns, and what is printed are medians: compare them within one run.
"""

import asyncio
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import nest_asyncio
import twins

ROUNDS = 15


def measure(ways):
    """Microseconds per call, for each way."""
    times = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (way, count) in ways.items():
            start = time.perf_counter()
            for _ in range(count):
                way()
            times[name].append((time.perf_counter() - start) / count * 1e6)
    return {name: statistics.median(all_of_it) for name, all_of_it in times.items()}


def report(title, figures):
    print(f"\n{title}")
    base = next(iter(figures.values()))
    for name, figure in figures.items():
        print(f"  {name:46} {figure:9.1f} µs {figure / base:7.1f} ×")


async def awaited(n):
    return await twins.once_awaitable(n)


async def inside():
    """As sync code that a loop has called."""
    pool = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    figures = measure({
        "twin": (lambda: twins.once(1), 2000),
        "a tokio runtime for each call": (lambda: twins.once_on_a_private_runtime(1), 100),
        "ThreadPoolExecutor, asyncio.run for each call": (lambda: pool.submit(asyncio.run, awaited(1)).result(), 50),
    })
    # The one that is not for sync code: what async code awaits.
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(300):
            await twins.once_awaitable(1)
        times.append((time.perf_counter() - start) / 300 * 1e6)
    figures["await, by pyo3-async-runtimes"] = statistics.median(times)
    # It changes asyncio for good, so it comes last.
    nest_asyncio.apply(loop)
    nested = measure({"nest_asyncio": (lambda: loop.run_until_complete(awaited(1)), 300)})
    report("a call that yields once, inside a running loop", figures | nested)


asyncio.run(inside())
port = twins.serve()
twin, by_hand = twins.Client.connect(port), twins.ClientByHand.connect(port)
report("a request to a server on this machine", measure({
    "twin": (lambda: twin.get("key"), 300),
    "by hand, on a multi-thread runtime": (lambda: by_hand.get("key"), 300),
}))
report("ready at once", measure({
    "twin": (lambda: twins.ready(1), 10_000),
    "int.bit_length, for scale": ((1).bit_length, 10_000),
}))
print("\nok")
