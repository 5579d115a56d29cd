"""Calls in `atexit`, in `__del__` while the interpreter ends, in `threading`'s hook, and in a `weakref.finalize`."""

import atexit
import sys
import threading
import weakref

import twins

port = twins.serve()
client = twins.Client.connect(port)


def last(name):
    client.set(name, "last")
    assert client.get(name) == "last"
    assert twins.wait(1) == "waited"
    assert list(twins.Ticks(2, 0)) == [0, 1]
    print(name, flush=True)


class Owner:
    def __del__(self, last=last):
        last("del")


atexit.register(last, "atexit")
threading._register_atexit(last, "threading")
weakref.finalize(client.__class__, last, "finalize").atexit = True
# Dropped with the modules.
sys.modules["owner"] = Owner()
owner = Owner()
print("ok", flush=True)
