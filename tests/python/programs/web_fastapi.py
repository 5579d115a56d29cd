"""FastAPI: 50 requests at once, to `def` handlers (in its thread pool) and to `async def` ones (in its loop)."""

import json
import socket
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from fastapi import FastAPI

import twins

app = FastAPI()
port = twins.serve()
client = twins.Client.connect(port)


@app.get("/sync/{number}")
def in_pool(number: int):
    return work(number)


@app.get("/async/{number}")
async def in_loop(number: int):
    return work(number)


def work(number):
    client.set(f"key-{number}", str(number))
    return {"kept": client.get(f"key-{number}"), "waited": twins.wait(5, str(number)), "once": twins.once(number)}


listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
serving.start()
base = f"http://127.0.0.1:{listener.getsockname()[1]}"


def get(path):
    with urllib.request.urlopen(base + path, timeout=60) as answer:
        return json.load(answer)


with ThreadPoolExecutor(50) as pool:
    for kind in ("sync", "async"):
        answers = list(pool.map(lambda n: get(f"/{kind}/{n}"), range(50)))
        assert answers == [{"kept": str(n), "waited": str(n), "once": n} for n in range(50)], answers
server.should_exit = True
serving.join(60)
assert not serving.is_alive()
print("ok")
