import assert from "node:assert/strict";
import { openRoom } from "../../tests/harness/mls_people.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { MlsFault } from "./fault.ts";
import { delta, snapshot } from "./snapshot.ts";

const text = (value: string) => new TextEncoder().encode(value);
Deno.test("a restored group reads what is missing of past epochs, in any order", async () => {
  const room = await openRoom(1, 3);
  const { mls } = room;
  let [a, b] = [room.groups[0]!, room.groups[1]!];
  const late: Uint8Array[] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    for (let at = 0; at < 3; at++) {
      const sent = await mls.encrypt(a, text(`${epoch} ${at}`), text(""));
      a = sent.group;
      late.push(sent.message);
    }
    const renewed = await mls.commit(a, {});
    a = renewed.group;
    b = mls.restore(snapshot((await mls.process(b, renewed.commit)).group));
  }
  const stored = snapshot(b);
  assert.deepEqual(snapshot(mls.restore(stored)), stored);
  const read = new Set<string>();
  for (const message of late.toReversed()) {
    const opened = await mls.decrypt(b, message);
    b = mls.restore(snapshot(opened.group));
    read.add(new TextDecoder().decode(opened.plaintext));
  }
  assert.equal(read.size, 9);
  const back = await mls.commit(b, {});
  a = (await mls.process(a, back.commit)).group;
  assert.deepEqual(a.authenticator, back.group.authenticator);
});

Deno.test("T13: a message costs one node of some tens of bytes, not the whole state", async () => {
  const room = await openRoom(2, 100);
  const { mls } = room;
  let [a, b] = [room.groups[0]!, room.groups[1]!];
  const stored = snapshot(b);
  const changes: Uint8Array[] = [];
  const messages: Uint8Array[] = [];
  for (let at = 0; at < 5; at++) {
    const sent = await mls.encrypt(a, text("x"), text(""));
    a = sent.group;
    messages.push(sent.message);
    const { group } = await mls.decrypt(b, sent.message);
    changes.push(delta(b, group)!);
    b = group;
  }
  for (const change of changes) assert.ok(change.length < 100, `${change.length} bytes`);
  // A fifth of the library's own form, in which 100 members take 130 KB.
  assert.ok(stored.length < 45_000, `${stored.length} bytes`);
  const again = mls.restore(stored, changes);
  assert.deepEqual(snapshot(again), snapshot(b));
  await assert.rejects(mls.decrypt(again, messages[4]!), { reason: "replayed" });
});

Deno.test("changes reach past epochs, and there is none from one epoch to the next", async () => {
  const room = await openRoom(3, 2);
  const { mls, groups } = room;
  const b = groups[1]!;
  const sent = await mls.encrypt(groups[0]!, text("x"), text(""));
  const renewed = await mls.commit(sent.group, {});
  const next = (await mls.process(b, renewed.commit)).group;
  assert.equal(delta(b, next), undefined);
  const stored = snapshot(next);
  const read = (await mls.decrypt(next, sent.message)).group;
  const again = mls.restore(stored, [delta(next, read)!]);
  await assert.rejects(mls.decrypt(again, sent.message), { reason: "replayed" });
});

Deno.test("a damaged snapshot is refused or restored, never anything else", async () => {
  const { mls, groups } = await openRoom(4, 3);
  const stored = snapshot(groups[0]!);
  const rng = seededRng(4);
  for (let round = 0; round < 2000; round++) {
    const damaged = stored.slice(0, round % 5 === 0 ? rng.below(stored.length) : stored.length);
    for (let hit = rng.below(4); hit >= 0 && damaged.length > 0; hit--) {
      damaged[rng.below(damaged.length)] = rng.below(256);
    }
    try {
      mls.restore(damaged);
    } catch (error) {
      assert.ok(error instanceof MlsFault, `round ${round}: ${error}`);
    }
  }
});
