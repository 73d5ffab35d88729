import assert from "node:assert/strict";
import { Part } from "./part.ts";
import { ServerUnreachable } from "./ports.ts";

Deno.test("a part is made once for all who ask, and asked for again after a fetch that failed", async () => {
  let tries = 0;
  const part = new Part(() => {
    tries++;
    return tries === 1 ? Promise.reject(new TypeError("not found")) : Promise.resolve({ tries });
  });
  await assert.rejects(part.get(), ServerUnreachable);
  assert.equal(part.here, undefined);
  const [one, other] = await Promise.all([part.get(), part.get()]);
  assert.equal(one, other);
  assert.equal(part.here, one);
  assert.equal(tries, 2);
});
