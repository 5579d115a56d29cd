// Calls twins from JavaScript, on its main thread and on a worker's.
const assert = require("node:assert");
const { Worker, isMainThread } = require("node:worker_threads");
const { wait, Counter } = require(process.env.TWINS);

assert.strictEqual(wait(2, "text"), "text");
assert.throws(() => wait(1, ""), /no text/);
const counter = new Counter();
assert.strictEqual(counter.add(2), 2);
assert.strictEqual(counter.add(3), 5);
assert.strictEqual(counter.count, 5);
assert.ok(!("intoInner" in counter) && !("asAsync" in counter));
if (isMainThread) {
  const worker = new Worker(__filename);
  worker.on("exit", (code) => {
    assert.strictEqual(code, 0);
    console.log("ok");
  });
}
