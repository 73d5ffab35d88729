import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

Deno.test("work of one key goes in turn, however the one before ended; another key does not wait", async () => {
  const turns = new Turns();
  const said: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take("a", async () => {
    await gate.promise;
    said.push("first");
    throw new Error("first failed");
  });
  const second = turns.take("a", () => Promise.resolve(said.push("second")));
  await turns.take("b", () => Promise.resolve(said.push("other")));
  assert.deepEqual(said, ["other"]);
  gate.resolve();
  await assert.rejects(first, /first failed/);
  assert.equal(await second, 3);
  assert.deepEqual(said, ["other", "first", "second"]);
});
