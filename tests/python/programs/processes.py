"""`multiprocessing` after a first call: children by fork, while other threads call, and by spawn; and pools of both."""

import multiprocessing
import os
import sys
import threading
import warnings

import twins


def work(port, number):
    client = twins.Client.connect(port)
    client.set(f"child-{number}", "here")
    assert twins.once(number) == number
    assert list(twins.Ticks(3, 1)) == [0, 1, 2]
    assert twins.call_in_task(lambda: number) == number
    return client.wait_for(f"child-{number}", 60_000)


def check(port, number):
    assert work(port, number) == "here"


def main():
    # Python's own, of forks beside threads. This is what is tried here.
    warnings.simplefilter("ignore", DeprecationWarning)
    port = twins.serve()
    assert work(port, 1000) == "here"
    # A child begins while others wait, drive and hold what there is to hold.
    stop = threading.Event()

    def call():
        while not stop.is_set():
            twins.wait(1)
            twins.once(1)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for method, count in (("fork", 20), ("spawn", 2), ("forkserver", 2)):
        context = multiprocessing.get_context(method)
        children = [context.Process(target=check, args=(port, n)) for n in range(count)]
        for child in children:
            child.start()
        for child in children:
            child.join(60)
            assert child.exitcode == 0, (method, child.exitcode)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.starmap(work, [(port, n) for n in range(40)]) == ["here"] * 40
    stop.set()
    for caller in callers:
        caller.join()
    # A child of a child.
    if (child := os.fork()) == 0:
        twins.once(1)
        if (grandchild := os.fork()) == 0:
            check(port, 1002)
            os._exit(0)
        _, status = os.waitpid(grandchild, 0)
        os._exit(os.waitstatus_to_exitcode(status))
    _, status = os.waitpid(child, 0)
    assert status == 0, status
    # And the parent is as it was.
    assert work(port, 1001) == "here"
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
