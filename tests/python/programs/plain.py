"""Calls from plain Python: results, errors, documentation, a class, a generator, a callback, other threads meanwhile."""

import threading
import time

import twins

assert twins.wait(1) == "waited"
assert twins.wait(ms=1, text="x") == "x"
assert twins.once(3) == 3 and twins.ready(4) == 4

# An error of the async fn is an exception of Python's.
try:
    twins.wait(1, "")
    raise SystemExit("no exception")
except FileNotFoundError as error:
    assert "no text" in str(error), error

# What people read is what the author of the async fn wrote, without a word of Rust in front.
assert twins.wait.__doc__.splitlines()[0] == "Waits, and returns the text.", twins.wait.__doc__
assert twins.Client.__doc__ == "A client of a server that keeps texts.", twins.Client.__doc__
assert twins.Client.get.__doc__ == "The text that is kept under a key, or an empty one."
assert "[" not in twins.wait.__doc__
assert {name for name in dir(twins.Client) if not name.startswith("_")} == {"connect", "get", "set", "wait_for", "requests"}

# A class.
port = twins.serve()
for kind in (twins.Client, twins.ClientByHand):
    client = kind.connect(port)
    assert client.get("key") == ""
    assert client.set("key", "text") == ""
    assert client.set(key="key") == "text"
    client.set("key", "more")
    assert client.get("key") == "more" and client.wait_for("key", 60_000) == "more"
    try:
        client.wait_for("nothing", 20)
        raise SystemExit("no exception")
    except TimeoutError:
        pass
    client.set("key")
    assert client.requests >= 7
try:
    twins.Client.connect(1)
    raise SystemExit("no exception")
except ConnectionRefusedError:
    pass

# A generator, which may be left early.
assert list(twins.Ticks(5, 0)) == [0, 1, 2, 3, 4]
for tick in twins.Ticks(1_000_000, 0):
    if tick == 3:
        break

# A callback. Its exception ends the call, and arrives as it was raised.
steps = []
assert twins.download(3, lambda step, of: steps.append((step, of))) == 3
assert steps == [(1, 3), (2, 3), (3, 3)]


class Enough(Exception):
    pass


def enough(step, of):
    if step == 2:
        raise Enough(of)


try:
    twins.download(1_000_000, enough)
    raise SystemExit("no exception")
except Enough as error:
    assert error.args == (1_000_000,)

# A callback on another thread, which needs the lock that this thread would hold.
assert twins.call_in_task(threading.get_ident) != threading.get_ident()
# A callback that calls a twin itself.
assert twins.call_in_task(lambda: twins.wait(1, "inner")) == "inner"
assert twins.download(2, lambda step, of: twins.once(step)) == 2

# Other threads run while a call waits.
counted = 0
stop = twins.Stop()


def count():
    global counted
    while counted < 1000:
        counted += 1
        time.sleep(0)
    stop.stop()


counter = threading.Thread(target=count)
counter.start()
try:
    twins.listen_until(stop)
    raise SystemExit("no exception")
except OSError as error:
    assert "cancelled" in str(error), error
counter.join()
assert counted == 1000
ticks = twins.Ticks(2, 20)
other = threading.Thread(target=list, args=(twins.Ticks(3, 1),))
other.start()
assert next(ticks) == 0
other.join()
print("ok")
