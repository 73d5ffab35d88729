/** That the programs run and nothing goes wrong in them; what they measure is judged by people. */
import assert from "node:assert/strict";
import { runBench } from "../../scripts/bench.ts";

Deno.test("sends: every sender is answered, and in order", async () => {
  const figures = await runBench("sends", ["--tiny"]);
  assert.deepEqual(figures.map((figure) => figure.name), [
    "1 senders, one channel",
    "16 senders, one channel",
    "16 senders, many channels",
  ]);
  for (const { value, control, more } of figures) {
    assert.ok(value > 0 && (control?.value ?? 0) > 0);
    assert.equal(more?.["errors"], 0);
    assert.equal(more?.["disordered"], 0);
    assert.ok((more?.["bare_ratio"] ?? 0) > 0);
  }
});

Deno.test("fanout: every socket gets every message", async () => {
  const figures = await runBench("fanout", ["--tiny"]);
  assert.equal(figures.length, 3);
  assert.equal(figures[0]?.more?.["lost"], 0);
});

Deno.test("start: both stores answer, the first time and later", async () => {
  const figures = await runBench("start", ["--tiny"]);
  assert.equal(figures.length, 6);
  for (const { value } of figures) assert.ok(value > 0);
});

Deno.test("federation: events are taken in, messages cross, a guild is joined", async () => {
  const figures = await runBench("federation", ["--tiny"]);
  assert.equal(figures.length, 6);
  for (const { value } of figures) assert.ok(value > 0);
});

Deno.test("client: every figure of the pages is measured", async () => {
  const figures = await runBench("client", ["--tiny"]);
  assert.equal(figures.length, 10);
  for (const { value } of figures) assert.ok(value > 0);
});

Deno.test("encryption: messages, files, certificates, backup and passphrase are measured", async () => {
  const figures = await runBench("encryption", ["--tiny"]);
  assert.equal(figures.length, 7);
  for (const { value } of figures) assert.ok(value > 0);
});

Deno.test("mls: groups are joined and changed, messages read, the code weighed", async () => {
  const figures = await runBench("mls", ["--tiny"]);
  assert.equal(figures.length, 4);
  for (const { value } of figures) assert.ok(value > 0);
});

Deno.test("new_device: a new device has its history back", async () => {
  const figures = await runBench("new_device", ["--tiny"]);
  assert.equal(figures.length, 1);
  assert.ok((figures[0]?.value ?? 0) > 0);
});

Deno.test("voice: packets are forwarded and none is lost, and who joins hears somebody", async () => {
  const figures = await runBench("voice", ["--tiny"]);
  assert.deepEqual(figures.map(({ name }) => name.split(", ").at(-1)), [
    ...["stock", "fast"],
    ...["stock", "fast"],
  ]);
  for (const { more } of figures.slice(0, 2)) assert.ok((more?.["lost %"] ?? 100) < 1);
  for (const { value } of figures.slice(2)) assert.ok(value > 0);
});

Deno.test("search: every kind of question is answered", async () => {
  const figures = await runBench("search", ["--tiny"]);
  assert.equal(figures.length, 7);
  for (const { value, control } of figures) assert.ok(value > 0 && (control?.value ?? 0) > 0);
});
