import assert from "node:assert/strict";
import { casesOf, progressOf } from "../../tests/harness/cases.ts";
import {
  LIFE,
  makeDeviceKeys,
  openRoom,
  ownerOf,
  takeAll,
} from "../../tests/harness/mls_people.ts";
import type { seededRng } from "../../tests/harness/seeded_rng.ts";
import { limits } from "../limits.ts";
import { checkBundle, checkGroupInfo, checkKeyPackage } from "./bundle.ts";
import { MlsFault } from "./fault.ts";
import { readCommit, readGroupInfo, readKeyPackage, readMessage, readWelcome } from "./readers.ts";
import { snapshot } from "./snapshot.ts";

const CASES = casesOf("G29_MUTANTS", 4000);

type Random = ReturnType<typeof seededRng>;

/** Flipped, cut, doubled, shifted and overwritten with lengths and numbers at the edge. */
function mutate(bytes: Uint8Array, rng: Random): Uint8Array {
  const out = [...bytes];
  for (let times = rng.below(3); times >= 0; times--) {
    const at = rng.below(out.length + 1);
    const length = rng.below(40);
    const kind = rng.below(6);
    if (kind === 0) out[at] = rng.below(256);
    else if (kind === 1) out.splice(at, length);
    else if (kind === 2) out.splice(at, 0, ...out.slice(at, at + length));
    else if (kind === 3) out.splice(at, 4, 0xff, 0xff, 0xff, rng.below(256));
    else if (kind === 4) out.splice(at, 2, 0x40 | rng.below(64), rng.below(256));
    else out.splice(at, 4, 0x80 | rng.below(64), rng.below(256), rng.below(256), rng.below(256));
  }
  return Uint8Array.from(out);
}

Deno.test(`${CASES} mutants of everything that is read: refused as MlsFault, or read`, async () => {
  const room = await openRoom(1, 4);
  const { mls, rng, keys, groups, added } = room;
  await takeAll(room, 0, await mls.commit(groups[0]!, {}));
  const late = await makeDeviceKeys(rng, "@late", "A");
  const package_ = await mls.keyPackage(late, LIFE);
  const before = await mls.groupInfo(groups[0]!);
  const made = await mls.commit(groups[0]!, { add: [package_.publicBytes], remove: [2] });
  const outside = await mls.externalJoin(before, keys[3]!, { resync: true });
  const sent = await mls.encrypt(groups[0]!, new Uint8Array(256), new Uint8Array());
  const [reader] = [groups[1]!];
  const stored = snapshot(reader);

  const doors: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
    ["readKeyPackage", package_.publicBytes, readKeyPackage],
    ["checkKeyPackage", package_.publicBytes, checkKeyPackage],
    ["commit", package_.publicBytes, (bytes) => mls.commit(reader, { add: [bytes] })],
    ["readCommit", made.commit, readCommit],
    ["readCommit of a joiner", outside.commit, readCommit],
    ["checkBundle", made.commit, (commit) => checkBundle(before, { ...made, commit }, ownerOf)],
    ["process", made.commit, (bytes) => mls.process(reader, bytes)],
    ["process of a joiner", outside.commit, (bytes) => mls.process(reader, bytes)],
    ["readGroupInfo", made.groupInfo, readGroupInfo],
    ["checkGroupInfo", made.groupInfo, checkGroupInfo],
    ["externalJoin", before, (bytes) => mls.externalJoin(bytes, late, { resync: false })],
    ["readWelcome", added.welcome!, readWelcome],
    ["join", made.welcome!, (bytes) => mls.join(bytes, package_, late)],
    ["readMessage", sent.message, readMessage],
    ["decrypt", sent.message, (bytes) => mls.decrypt(reader, bytes)],
  ];
  const refused = new Map(doors.map(([name]) => [name, 0]));
  const tell = progressOf("mutants at the doors of groups", CASES);
  for (let at = 0; at < CASES; at++) {
    tell(at);
    const [name, bytes, door] = doors[at % doors.length]!;
    const mutant = mutate(bytes, rng);
    try {
      await door(mutant);
    } catch (error) {
      assert.ok(error instanceof MlsFault, `${name} of ${mutant.toHex()}: ${error}`);
      assert.notEqual(error.message, "");
      refused.set(name, refused.get(name)! + 1);
    }
  }
  for (const [name, times] of refused) assert.ok(times > 0, `${name} refused no mutant`);
  assert.deepEqual(snapshot(reader), stored);
});

Deno.test("what is larger than its limit is not even decoded", () => {
  const { maxHandshakeBytes, maxKeyPackageBytes, maxMessageBytes } = limits.mls;
  const tooLarge = { reason: "malformed", message: /at most \d+ are allowed/ };
  assert.throws(() => readCommit(new Uint8Array(maxHandshakeBytes + 1)), tooLarge);
  assert.throws(() => readGroupInfo(new Uint8Array(maxHandshakeBytes + 1)), tooLarge);
  assert.throws(() => readWelcome(new Uint8Array(maxHandshakeBytes + 1)), tooLarge);
  assert.throws(() => readKeyPackage(new Uint8Array(maxKeyPackageBytes + 1)), tooLarge);
  assert.throws(() => readMessage(new Uint8Array(maxMessageBytes + 1)), tooLarge);
});
