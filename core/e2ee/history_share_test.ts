import assert from "node:assert/strict";
import { MlsFault } from "../mls/fault.ts";
import { limits } from "../limits.ts";
import { eventIdFromHash } from "../ids/event_id.ts";
import { roomIdFromHash } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { LIFE, makeDeviceKeys, makeMls, nameOf } from "../../tests/harness/mls_people.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import type { ArchivedKey } from "./backup_entries.ts";
import { makeParcel, openBatch, openParcel, sealBatch, type ShareFacts } from "./history_share.ts";

const rng = seededRng(29);
const mls = makeMls(rng);

const FACTS: ShareFacts = {
  id: rng.bytes(16),
  roomId: roomIdFromHash(rng.bytes(32)),
  from: "@ada:one.test" as UserId,
  to: "@bo:two.test" as UserId,
  fromTs: 1000,
  untilTs: 2000,
};

const contentKey = (): ArchivedKey => ({
  eventId: eventIdFromHash(rng.bytes(32)),
  nonce: rng.bytes(16),
  contentKey: rng.bytes(32),
  hash: rng.bytes(32),
  kind: "message",
});

async function device(user: string, name: string) {
  const keys = await makeDeviceKeys(rng, user, name);
  return { keys, own: await mls.keyPackage(keys, LIFE) };
}

const isFault = (error: unknown) => error instanceof MlsFault;

Deno.test("a parcel opens on each of the newcomer's devices, names its sender, and opens nowhere else", async () => {
  const ada = await device("@ada", "A");
  const [phone, laptop] = [await device("@bo", "A"), await device("@bo", "B")];
  const other = await device("@bo", "C");
  const packages = [phone, laptop].map(({ own }) => own.publicBytes);
  const parcel = await makeParcel(mls, FACTS, { keys: ada.keys, packages, rng });
  for (const { own, keys } of [phone, laptop]) {
    const opened = await openParcel(mls, FACTS, { parcel, own, keys });
    assert.deepEqual(opened.key, parcel.key);
    assert.equal(nameOf(opened.sender.credential), "@ada/A");
    assert.deepEqual(opened.leaves.map(({ credential }) => nameOf(credential)), [
      "@ada/A",
      "@bo/A",
      "@bo/B",
    ]);
  }
  await assert.rejects(
    openParcel(mls, FACTS, { parcel, own: other.own, keys: other.keys }),
    isFault,
  );
  for (
    const changed of [
      { from: "@eve:one.test" as UserId },
      { to: "@eve:one.test" as UserId },
      { id: rng.bytes(16) },
      { roomId: roomIdFromHash(rng.bytes(32)) },
      { fromTs: 0 },
      { untilTs: 3000 },
    ]
  ) {
    const at = { parcel, own: phone.own, keys: phone.keys };
    await assert.rejects(openParcel(mls, { ...FACTS, ...changed }, at), isFault);
  }
});

Deno.test("a batch gives the keys that were put in, in its place and with its key alone", () => {
  const key = rng.bytes(32);
  const keys = Array.from({ length: limits.history.maxBatchKeys }, contentKey);
  const place = { batch: 1, batches: 2 };
  const sealed = sealBatch(FACTS, place, { key, keys, rng });
  assert.deepEqual(openBatch(FACTS, place, { key, sealed }), keys);
  assert.equal(openBatch(FACTS, { batch: 2, batches: 2 }, { key, sealed }), undefined);
  assert.equal(openBatch({ ...FACTS, to: FACTS.from }, place, { key, sealed }), undefined);
  assert.equal(openBatch(FACTS, place, { key: rng.bytes(32), sealed }), undefined);
  const torn = sealed.slice(0, -1);
  for (const bytes of [torn, new Uint8Array(), sealed.slice(0, 10)]) {
    assert.equal(openBatch(FACTS, place, { key, sealed: bytes }), undefined);
  }
  const tooMany = { key, keys: [...keys, contentKey()], rng };
  assert.throws(() => sealBatch(FACTS, place, tooMany), RangeError);
});
