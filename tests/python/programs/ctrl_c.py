"""Ctrl-C ends a call at once: one that looks for signals itself, and one that another thread cancels."""

import os
import signal
import socket
import threading
import time

import twins


def press_soon():
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()


# The async fn looks for signals: no thread and nothing to set up.
press_soon()
try:
    twins.listen()
    raise SystemExit("no exception")
except KeyboardInterrupt:
    pass

# A handler of the user's raises what it likes.
signal.signal(signal.SIGINT, lambda number, frame: (_ for _ in ()).throw(LookupError(number)))
press_soon()
try:
    twins.listen()
    raise SystemExit("no exception")
except LookupError as error:
    assert error.args == (signal.SIGINT,)
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nobody looks: what C's handler writes wakes a thread, which cancels the call.
stop = twins.Stop()
reader, writer = socket.socketpair()
writer.setblocking(False)
signal.set_wakeup_fd(writer.fileno())


def cancel():
    reader.recv(1)
    stop.stop()


threading.Thread(target=cancel, daemon=True).start()
press_soon()
try:
    try:
        twins.listen_until(stop)
    except OSError as error:
        assert "cancelled" in str(error), error
    # Python's own handler runs as soon as Python code does.
    time.sleep(0)
    raise SystemExit("no exception")
except KeyboardInterrupt:
    pass
signal.set_wakeup_fd(-1)
assert twins.wait(1) == "waited"
print("ok")
