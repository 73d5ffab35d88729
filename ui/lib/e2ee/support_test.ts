import assert from "node:assert/strict";
import { canMake } from "./support.ts";

/** Fails so often before it makes a key. */
function failing(times: number, name: string) {
  let asked = 0;
  const make = () =>
    asked++ < times ? Promise.reject(new DOMException("It failed", name)) : Promise.resolve({});
  return { make, asked: () => asked };
}

Deno.test("a key that fails to be made by chance is no lack of its algorithm", async () => {
  assert.equal(await canMake(failing(0, "OperationError").make), true);
  assert.equal(await canMake(failing(3, "OperationError").make), true);
  assert.equal(await canMake(failing(1000, "OperationError").make), false);
});

Deno.test("an algorithm that is not there is asked for once", async () => {
  const missing = failing(1, "NotSupportedError");
  assert.equal(await canMake(missing.make), false);
  assert.equal(missing.asked(), 1);
});
