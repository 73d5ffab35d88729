import assert from "node:assert/strict";
import { GENERATED, replacePart } from "./docs.ts";

const root = new URL("..", import.meta.url).pathname;

Deno.test("the generated parts of the documents are current (deno task docs)", async () => {
  for (const { path, name, make } of GENERATED) {
    const text = await Deno.readTextFile(root + path);
    assert.equal(text, replacePart(text, name, await make()), `${path} is old: run deno task docs`);
  }
});

Deno.test("a changed part is seen, and only it is replaced", () => {
  const text = "before\n<!-- generated a: deno task docs -->\nold\n<!-- end of a -->\nafter\n";
  const replaced = replacePart(text, "a", "new");
  assert.notEqual(replaced, text);
  assert.equal(replacePart(replaced, "a", "new"), replaced);
  assert.ok(replaced.startsWith("before\n") && replaced.endsWith("\nafter\n"));
  assert.throws(() => replacePart("no markers", "a", "new"), /markers/);
});
