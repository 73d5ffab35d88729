import assert from "node:assert/strict";
import { findMissing } from "./support.ts";

Deno.test("an engine is asked for what groups need", async () => {
  assert.deepEqual(await findMissing(), []);
  // As an engine that does not know the name answers.
  const importKey =
    ((...args: Parameters<SubtleCrypto["importKey"]>) =>
      args[2] === "X25519"
        ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
        : crypto.subtle.importKey(...args)) as SubtleCrypto["importKey"];
  assert.deepEqual(await findMissing({ importKey }), ["X25519"]);
});
