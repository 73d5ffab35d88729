import assert from "node:assert/strict";
import { join } from "node:path";
import { FileDeviceStore } from "../../../tests/harness/device_store.ts";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { StrictVerifier } from "../../event/verify.ts";
import { base64Of } from "../bytes.ts";
import { Trust } from "./trust.ts";

const bo = "@bo:example.com";
const [first, second] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [
  Uint8Array,
  Uint8Array,
];

Deno.test("an identity that was accepted is no news again by leaves of the one before it", async () => {
  await using folder = await tempFolder();
  await using store = await FileDeviceStore.open(join(folder.path, "store"));
  const parts = {
    owner: "@ada:example.com",
    store,
    clock: new ManualClock(0),
    verifier: new StrictVerifier(),
    changed: () => undefined,
  };
  const trust = new Trust(parts);
  const changedTo = () => trust.pin(bo)?.changedTo;
  await trust.observe([{ user: bo, msk: first }]);
  await trust.observe([{ user: bo, msk: second }], { inGroup: true });
  assert.equal(changedTo(), base64Of(second));
  await trust.accept(bo);
  assert.equal(trust.pin(bo)?.msk, base64Of(second));
  // Its old devices are in the groups until somebody takes them out.
  await trust.observe([first, second].map((msk) => ({ user: bo, msk })), { inGroup: true });
  assert.equal(changedTo(), undefined);
  // Two identities at once are no less than before a reason not to send.
  assert.deepEqual(trust.changedIn([first, second].map((msk) => ({ user: bo as never, msk }))), [
    bo,
  ]);

  await trust.verify(bo, second);
  await trust.observe([{ user: bo, msk: first }], { inGroup: true });
  assert.equal(changedTo(), undefined);
  assert.deepEqual(trust.changedIn([{ user: bo as never, msk: first }]), [bo]);

  // Read anew it is the same; and a server that shows the former one as theirs says something new.
  const again = new Trust(parts);
  await again.load();
  await again.observe([{ user: bo, msk: first }], { inGroup: true });
  assert.equal(again.pin(bo)?.changedTo, undefined);
  await again.observe([{ user: bo, msk: first }]);
  assert.equal(again.pin(bo)?.changedTo, base64Of(first));
});
