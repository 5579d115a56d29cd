"""Calls twins from the Python module that uniffi has generated."""

import threading

import twins_uniffi
from twins_uniffi import BlockingCounter, Failed, wait

assert wait(2, "text") == "text"
try:
    wait(1, "")
    raise SystemExit("no exception")
except Failed.NoText as failed:
    assert "no text" in str(failed), failed
counter = BlockingCounter()
threads = [threading.Thread(target=counter.add, args=(1,)) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert counter.add(1) == 17
assert not hasattr(counter, "into_inner") and not hasattr(counter, "as_async")
assert wait.__doc__.strip().splitlines()[0] == "Waits, and returns the text.", wait.__doc__
print("ok")
