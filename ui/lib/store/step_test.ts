import assert from "node:assert/strict";
import { stepFrom } from "./step.ts";

const LIST = ["a", "b", "c", "d"];
const step = (at: number, by: 1 | -1, wanted = LIST) =>
  stepFrom(LIST, { at, step: by, wanted: (entry) => wanted.includes(entry) });

Deno.test("a step goes to the neighbor and around the ends", () => {
  assert.equal(step(1, 1), "c");
  assert.equal(step(3, 1), "a");
  assert.equal(step(0, -1), "d");
});

Deno.test("from nowhere it goes to the first or the last", () => {
  assert.equal(step(-1, 1), "a");
  assert.equal(step(-1, -1), "d");
});

Deno.test("entries that are not wanted are passed over, and where one is is no step", () => {
  assert.equal(step(0, 1, ["d"]), "d");
  assert.equal(step(3, -1, ["a"]), "a");
  assert.equal(step(2, 1, ["c"]), undefined);
  assert.equal(stepFrom([], { at: -1, step: 1, wanted: () => true }), undefined);
});
