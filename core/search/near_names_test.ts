import assert from "node:assert/strict";
import { nearNames } from "./near_names.ts";

Deno.test("names near a mistyped one: the nearest first, and none that is far", () => {
  const known = ["general", "generals", "genres", "garden", "tea-room", "General"];
  assert.deepEqual(nearNames("genral", known, 3), ["General", "general", "generals"]);
  assert.deepEqual(nearNames("tearoom", known, 3), ["tea-room"]);
  assert.deepEqual(nearNames("xyz", known, 3), []);
  assert.deepEqual(nearNames("b", ["bo", "c", "tea"], 3), ["bo", "c"]);
  assert.deepEqual(nearNames("a".repeat(500), ["a".repeat(500)], 3), []);
  assert.deepEqual(nearNames("", known, 3), []);
});
