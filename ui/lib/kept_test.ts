import assert from "node:assert/strict";
import { changeList, keptCookie, readKept } from "./kept.ts";

Deno.test("lists come back as they were kept", () => {
  const [closed = ""] = keptCookie("closed", ["a1", "b-2"]).split(";");
  const [hints = ""] = keptCookie("hints", ["keys"]).split(";");
  assert.deepEqual(readKept(`x=1; ${closed}; ${hints}`), {
    closed: ["a1", "b-2"],
    hints: ["keys"],
  });
  assert.deepEqual(readKept(""), { closed: [], hints: [] });
});

Deno.test("a name stands once, and goes again", () => {
  assert.deepEqual(changeList(["a", "b"], "a", true), ["b", "a"]);
  assert.deepEqual(changeList(["a", "b"], "a", false), ["b"]);
});

Deno.test("what could break the cookie is no name, and the list does not grow for ever", () => {
  assert.deepEqual(changeList([], "a;b", true), []);
  let list: string[] = [];
  for (let i = 0; i < 100; i++) list = changeList(list, `n${i}`, true);
  assert.equal(list.length, 40);
  assert.equal(list.at(-1), "n99");
});
