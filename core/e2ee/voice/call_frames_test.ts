import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/harness/parts.ts";
import { type CallEpoch, CallFrames, deviceName } from "./call_frames.ts";
import { decodeHeader } from "./sframe_header.ts";

const ADA = deviceName("@ada:x", "a");
const BO = deviceName("@bo:x", "b");
const CY = deviceName("@cy:x", "c");
const speech = new TextEncoder().encode("what nobody else hears");

function epochOf(epoch: number, ownLeaf: number, members: readonly (string | undefined)[]) {
  return {
    epoch,
    ownLeaf,
    baseKey: new Uint8Array(16).fill(epoch).fill(epoch >> 8, 8),
    members: members.flatMap((who, leaf) => who === undefined ? [] : [{ who, leaf }]),
  } satisfies CallEpoch;
}

/** Devices of one call at an epoch, each with its own place. */
function people(epoch: number, members: readonly string[]) {
  const clock = new ManualClock();
  const devices = members.map((_, leaf) => {
    const frames = new CallFrames(clock);
    frames.learn(epochOf(epoch, leaf, members));
    return frames;
  });
  return { clock, devices };
}

async function fault(frames: CallFrames, frame: Uint8Array<ArrayBuffer>, who: string) {
  const opened = await frames.open(frame, who);
  return "fault" in opened ? opened.fault : undefined;
}

Deno.test("a frame opens for the others, in the place of its sender, once", async () => {
  const { devices: [ada, bo, cy] } = people(1, [ADA, BO, CY]);
  const frame = (await ada!.seal(speech))!;
  const opened = await bo!.open(frame, ADA);
  assert.deepEqual("plaintext" in opened && new Uint8Array(opened.plaintext), speech);
  assert.equal(await fault(bo!, frame, ADA), "replayed");
  assert.equal(await fault(cy!, frame, BO), "wrong_sender");
  assert.equal(await fault(cy!, frame, ADA), undefined);
  assert.equal(await fault(ada!, frame, ADA), "wrong_sender");
  const bent = (await ada!.seal(speech))!;
  const whole = bent.slice();
  bent[bent.length - 1]! ^= 1;
  assert.equal(await fault(bo!, bent, ADA), "not_genuine");
  // A forged frame does not use up the counter of the genuine one.
  assert.equal(await fault(bo!, whole, ADA), undefined);
  assert.equal(await fault(bo!, new Uint8Array(), ADA), "malformed");
});

Deno.test("counters go up by one, also for frames sealed at the same time", async () => {
  const { devices: [ada] } = people(1, [ADA, BO]);
  const frames = await Promise.all(Array.from({ length: 300 }, () => ada!.seal(speech)));
  const counters = frames.map((frame) => Number(decodeHeader(frame!)!.ctr));
  assert.deepEqual(counters, Array.from({ length: 300 }, (_, at) => at));
});

Deno.test("a new epoch is heard at once and sent with when it is said; the old one ends", async () => {
  const { clock, devices: [ada, bo] } = people(1, [ADA, BO]);
  bo!.learn(epochOf(2, 1, [ADA, BO]));
  const before = (await ada!.seal(speech))!;
  const late = (await ada!.seal(speech))!;
  assert.equal(await fault(bo!, before, ADA), undefined);
  ada!.learn(epochOf(2, 0, [ADA, BO]));
  assert.equal(ada!.epoch, 1);
  ada!.sendWith(2);
  bo!.sendWith(2);
  const after = (await ada!.seal(speech))!;
  assert.deepEqual(
    [before, after].map((frame) => decodeHeader(frame)!.kid),
    [0x001n, 0x002n],
  );
  assert.equal(decodeHeader(after)!.ctr, 0n);
  assert.equal(await fault(bo!, after, ADA), undefined);
  clock.advance(9_999);
  assert.equal(await fault(bo!, (await ada!.seal(speech))!, ADA), undefined);
  clock.advance(1);
  assert.equal(await fault(bo!, late, ADA), "unknown_key");
});

Deno.test("who is out is not heard any more, not even with the old key", async () => {
  const { devices: [ada, bo, cy] } = people(1, [ADA, BO, CY]);
  const frame = (await cy!.seal(speech))!;
  ada!.learn(epochOf(2, 0, [ADA, BO]));
  assert.equal(await fault(ada!, frame, CY), "unknown_key");
  assert.equal(await fault(bo!, frame, CY), undefined);
  ada!.sendWith(2);
  assert.equal(await fault(cy!, (await ada!.seal(speech))!, ADA), "unknown_key");
});

Deno.test("an epoch is never taken twice: its counters would begin anew", async () => {
  const { devices: [ada] } = people(4, [ADA, BO]);
  await ada!.seal(speech);
  ada!.learn(epochOf(4, 0, [ADA, BO]));
  assert.equal(decodeHeader((await ada!.seal(speech))!)!.ctr, 1n);
  ada!.learn(epochOf(3, 0, [ADA, BO]));
  ada!.sendWith(3);
  assert.equal(ada!.epoch, 4);
  ada!.end();
  assert.equal(await ada!.seal(speech), undefined);
  ada!.learn(epochOf(4, 0, [ADA, BO]));
  assert.equal(await ada!.seal(speech), undefined);
});

Deno.test("of two epochs with one short name only the newer counts; few are held", async () => {
  const { devices: [ada, bo] } = people(1, [ADA, BO]);
  const old = (await ada!.seal(speech))!;
  bo!.learn(epochOf(257, 1, [ADA, BO]));
  assert.equal(await fault(bo!, old, ADA), "not_genuine");
  for (let epoch = 258; epoch < 270; epoch++) {
    ada!.learn(epochOf(epoch, 0, [ADA, BO]));
    bo!.learn(epochOf(epoch, 1, [ADA, BO]));
  }
  // The epoch that is sent with was too far behind: nothing is sent until a newer one is.
  ada!.sendWith(269);
  assert.equal(await fault(bo!, (await ada!.seal(speech))!, ADA), undefined);
});

Deno.test("a frame opens as what it was sealed as, and as nothing else", async () => {
  const { devices: [ada, bo] } = people(1, [ADA, BO]);
  const tracks = ["voice", "screen", "screen_sound", "camera"] as const;
  for (const track of tracks) {
    const frame = (await ada!.seal(speech, track))!;
    for (const other of tracks.filter((each) => each !== track)) {
      assert.deepEqual(await bo!.open(frame, ADA, other), { fault: "not_genuine" });
    }
    assert.ok("plaintext" in await bo!.open(frame, ADA, track));
    assert.deepEqual(await bo!.open(frame, ADA, track), { fault: "replayed" });
  }
});

Deno.test("a picture may come later than what was said meanwhile", async () => {
  const { devices: [ada, bo] } = people(1, [ADA, BO]);
  const picture = (await ada!.seal(speech, "screen"))!;
  const said = (await ada!.seal(speech))!;
  for (let each = 0; each < 300; each++) await bo!.open((await ada!.seal(speech))!, ADA);
  await bo!.open((await ada!.seal(speech, "screen"))!, ADA, "screen");
  assert.ok("plaintext" in await bo!.open(picture, ADA, "screen"));
  assert.deepEqual(await bo!.open(said, ADA), { fault: "replayed" });
});
