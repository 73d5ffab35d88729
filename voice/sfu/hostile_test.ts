import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { casesOf } from "../../tests/harness/cases.ts";
import { testOnEach } from "../../tests/harness/engines.ts";
import { buildCheck, ScriptedPeer, voiceHeader } from "../../tests/harness/scripted_peer.ts";
import { answerTo } from "../../tests/harness/sdp_answer.ts";
import { seededRandom } from "../../tests/harness/seeded_random.ts";
import { openVoiceRoom, type VoiceRoom } from "../../tests/harness/voice_room.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";

/** Between two of them the server is asked whether it has kept up: a socket holds only so much. */
const BATCH = 40;
const DATAGRAMS = casesOf("G28_DATAGRAMS", 600);
const ANSWERS = casesOf("G28_ANSWERS", 400);
const random = seededRandom(20_261_128);
const below = (bound: number) => Math.floor(random() * bound);
const noise = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

/** A few bytes changed, cut, repeated or put in. */
function mutate(data: Buffer): Buffer {
  const out = Buffer.from(data);
  for (let count = below(4); count >= 0; count--) {
    if (out.length > 0) out.writeUInt8(below(256), below(out.length));
  }
  const place = below(out.length + 1);
  const shape = below(4);
  if (shape === 0) return out.subarray(0, place);
  if (shape === 1) return Buffer.concat([out, out.subarray(place)]);
  if (shape === 2) return Buffer.concat([out.subarray(0, place), noise(8), out.subarray(place)]);
  return out;
}

/** First bytes of every kind of datagram, and of none. */
const anything = () => {
  const data = noise(1 + below(300));
  data.writeUInt8([0, 1, 22, 20, 23, 128, 144, 191, 70, 255][below(10)] ?? 0, 0);
  return data;
};

async function connectTwo(room: VoiceRoom) {
  const [ann, ben] = [await room.join("ann"), await room.join("ben")];
  await Promise.all([ann, ben].map((peer) => peer.connect()));
  return { ann, ben };
}

/** Sends what `make` gives, a batch at a time, each behind an answer to a check of `honest`. */
async function flood(
  from: ScriptedPeer,
  honest: ScriptedPeer,
  count: number,
  make: (at: number) => Buffer,
): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    for (let each = at; each < Math.min(count, at + BATCH); each++) from.send(make(each));
    await honest.settle();
  }
}

async function stillTalks(ann: ScriptedPeer, ben: ScriptedPeer): Promise<void> {
  const heard: string[] = [];
  ben.onVoice = (payload) => heard.push(payload.toString());
  await waitFor("ann to be heard", () => {
    ann.speak(Buffer.from("still here"));
    return heard.includes("still here");
  });
}

testOnEach(
  "not a byte is answered to who has no password, and nothing is kept of them",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const { ann, ben } = await connectTwo(room);
    const guest = await room.join("guest", { call: "elsewhere" });
    const before = room.sfu.stats();
    const bad = () => buildCheck({ username: "who:peer", password: "guess" });
    const ufrag = /^a=ice-ufrag:(.+)\r$/m.exec(ann.seat.offer.sdp)?.[1] ?? "";
    const near = () =>
      buildCheck({ username: `${ufrag}:peer`, password: "guess", nominated: true });
    const voice = voiceHeader(1, 1);
    const kinds = [bad, near, () => mutate(bad()), () => mutate(near()), anything, () => voice];
    await flood(guest, ann, DATAGRAMS, (at) => (kinds[at % kinds.length] ?? anything)());
    assert.deepEqual(guest.received, { stun: 0, dtls: 0, rtp: 0, rtcp: 0, other: 0 });
    const after = room.sfu.stats();
    assert.equal(after.packetsRefused - before.packetsRefused, DATAGRAMS);
    assert.equal(guest.seat.state, "offered");
    await stillTalks(ann, ben);
  },
);

testOnEach(
  "a browser that sends rubbish instead of a handshake harms nobody else",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const { ann, ben } = await connectTwo(room);
    const rogue = await room.join("rogue", { call: "elsewhere" });
    await rogue.settle();
    const hello = Buffer.from(
      "16fefd00000000000000000036010000 2a000000000000002afefd".replace(" ", "") +
        "00".repeat(32) + "0000" + "0002c02b0100",
      "hex",
    );
    const record = () => {
      const data = Buffer.concat([hello, hello]);
      data.writeUInt8(below(21), 13);
      return mutate(data);
    };
    const kinds = [record, () => mutate(hello), anything];
    await flood(rogue, ann, DATAGRAMS, (at) => (kinds[at % kinds.length] ?? anything)());
    assert.notEqual(rogue.seat.state, "connected");
    assert.deepEqual([rogue.received.rtp, rogue.received.rtcp], [0, 0]);
    await stillTalks(ann, ben);
  },
);

testOnEach(
  "a participant with keys may seal what they like: others hear voice or nothing",
  async (engine) => {
    await using room = await openVoiceRoom(engine);
    const { ann, ben } = await connectTwo(room);
    const rogue = await room.join("rogue");
    await rogue.connect();
    const report = Buffer.from(
      "80c80006000012670000000100000002000000030000000400000005",
      "hex",
    );
    const sealedNoise = () => {
      const inner = Buffer.concat([Buffer.from([0x80, 200, 0, below(9)]), noise(4 + below(60))]);
      return rogue.sealRtcp(inner);
    };
    const kinds = [
      () => mutate(rogue.seal(noise(below(200)))),
      () => rogue.seal(noise(below(1200))),
      sealedNoise,
      () => rogue.sealRtcp(mutate(report).length < 8 ? report : Buffer.concat([report, noise(4)])),
      () => mutate(rogue.sealRtcp(report)),
      () => rogue.sealOdd(noise(12), noise(40)),
      anything,
    ];
    await flood(rogue, ann, DATAGRAMS, (at) => (kinds[at % kinds.length] ?? anything)());
    assert.equal(rogue.seat.state, "connected");
    await stillTalks(ann, ben);
    await stillTalks(rogue, ben);
  },
);

testOnEach("whatever an answer says, it is taken or refused with a reason", async (engine) => {
  await using room = await openVoiceRoom(engine);
  await room.join("ann");
  const ben = await room.join("ben");
  const { seq, sdp } = ben.seat.offer;
  const good = Buffer.from(answerTo(sdp, { fingerprint: room.identity.fingerprint }));
  for (let count = 0; count < ANSWERS; count++) {
    const result = ben.seat.answer(below(4), mutate(good).toString("latin1"));
    assert.ok(result.ok || result.reason.length > 10);
  }
  assert.ok(ben.seat.offer.seq >= seq);
});
