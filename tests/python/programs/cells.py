"""Cells of a notebook: the kernel runs them inside its own asyncio loop."""

import sys

import nbformat
from nbclient import NotebookClient

CELLS = [
    "import asyncio, twins\nloop = asyncio.get_running_loop()",
    "try:\n    asyncio.run(asyncio.sleep(0))\nexcept RuntimeError as error:\n    print(error)",
    "print(twins.wait(10, 'in a cell'))",
    "client = twins.Client.connect(twins.serve())\nclient.set('key', 'kept')\nprint(client.get('key'), list(twins.Ticks(3, 1)))",
    "await asyncio.sleep(0)\nprint(twins.once(5), await asyncio.to_thread(twins.wait, 1))",
    "steps = []\ntwins.download(3, lambda step, of: steps.append(step))\nprint(steps)",
]
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
client = NotebookClient(notebook, timeout=120, kernel_name="python3")
client.execute()
texts = ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]
assert "cannot be called from a running event loop" in texts[1], texts
assert texts[2:] == ["in a cell\n", "kept [0, 1, 2]\n", "5 waited\n", "[1, 2, 3]\n"], texts
print("ok")
