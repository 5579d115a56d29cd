"""Gradio: `def`, `async def` and generator handlers, called over HTTP."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio
from gradio_client import Client

import twins

client = twins.Client.connect(twins.serve())


def plain(text):
    client.set("key", text)
    return client.get("key") + twins.wait(5, "!")


async def in_loop(text):
    return plain(text)


def streaming(text):
    for tick in twins.Ticks(3, 1):
        yield f"{text}{tick}"


with gradio.Blocks() as demo:
    box, out = gradio.Textbox(), gradio.Textbox()
    for handler in (plain, in_loop, streaming):
        gradio.Button().click(handler, box, out, api_name=handler.__name__)
_, url, _ = demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
caller = Client(url, verbose=False)
assert caller.predict("a", api_name="/plain") == "a!"
assert caller.predict("b", api_name="/in_loop") == "b!"
assert caller.submit("c", api_name="/streaming").result() == "c2"
jobs = [caller.submit(str(n), api_name="/in_loop") for n in range(20)]
assert all(job.result().endswith("!") for job in jobs)
demo.close()
print("ok")
