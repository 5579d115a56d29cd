"""64 threads, with one client and with one each."""

from concurrent.futures import ThreadPoolExecutor

import twins

port = twins.serve()
shared = twins.Client.connect(port)


def work(number):
    own = twins.Client.connect(port)
    for turn in range(20):
        own.set(f"own-{number}", f"{turn}")
        shared.set(f"shared-{number}", f"{turn}")
        assert own.get(f"shared-{number}") == f"{turn}"
        assert shared.get(f"own-{number}") == f"{turn}"
        assert twins.once(turn) == turn
    assert list(twins.Ticks(3, 1)) == [0, 1, 2]
    assert twins.call_in_task(lambda: number) == number
    return number


with ThreadPoolExecutor(64) as pool:
    assert list(pool.map(work, range(256))) == list(range(256))
assert shared.requests == 2 * 20 * 256
print("ok")
