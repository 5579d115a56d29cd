"""Calls inside a running asyncio loop, where `asyncio.run` and `loop.run_until_complete` raise."""

import asyncio

import twins


async def handler(number):
    # As sync code that is called by async code does.
    assert twins.once(number) == number
    assert twins.wait(1, str(number)) == str(number)
    assert list(twins.Ticks(3, 0)) == [0, 1, 2]
    await asyncio.sleep(0)
    return number


async def main():
    try:
        asyncio.run(asyncio.sleep(0))
        raise SystemExit("asyncio.run works now in a running loop")
    except RuntimeError as error:
        assert "cannot be called from a running event loop" in str(error), error
    assert await asyncio.gather(*map(handler, range(100))) == list(range(100))
    # The loop goes on while its threads call.
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.001)

    beating = asyncio.create_task(beat())
    waits = [asyncio.to_thread(twins.wait, 50, str(n)) for n in range(20)]
    assert await asyncio.gather(*waits) == [str(n) for n in range(20)]
    beating.cancel()
    assert beats > 5, beats

    # A callback of the loop's, called by a twin on a thread beside it.
    loop = asyncio.get_running_loop()
    seen = []
    report = lambda step, of: loop.call_soon_threadsafe(seen.append, step)
    assert await asyncio.to_thread(twins.download, 5, report) == 5
    await asyncio.sleep(0)
    assert seen == [1, 2, 3, 4, 5], seen


# In the words of Rust this is a plain thread: asyncio is no runtime of tokio's.
import warnings

warnings.simplefilter("ignore", RuntimeWarning)
asyncio.run(main())
print("ok")
