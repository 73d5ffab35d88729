import assert from "node:assert/strict";
import { unwrapPicture, wrapPicture } from "./picture_frame.ts";

Deno.test("a sealed picture stands behind a header that says only whether it is whole", () => {
  const sealed = Uint8Array.of(1, 2, 3, 4);
  const whole = wrapPicture(sealed, true);
  assert.equal(whole.toHex(), "1000009d012a1000100001020304");
  assert.equal(wrapPicture(sealed, false).toHex(), "11000001020304");
  for (const isWhole of [true, false]) {
    assert.deepEqual(unwrapPicture(wrapPicture(sealed, isWhole)), sealed);
  }
  assert.equal(unwrapPicture(new Uint8Array()), undefined);
  assert.equal(unwrapPicture(whole.subarray(0, 9)), undefined);
  assert.equal(unwrapPicture(Uint8Array.of(0x11, 0)), undefined);
});
