import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import type { Layer } from "../signalling/layers.ts";
import { Call, type Member } from "./call.ts";
import { Listener } from "./listener.ts";
import { noStats } from "./media.ts";
import { Publisher } from "./publisher.ts";
import type { Route } from "./route.ts";
import { readSenderReports } from "./rtcp.ts";
import { RTP_HEADER } from "./rtp.ts";
import { SendBudget } from "./send_budget.ts";
import { deriveKeys, SrtpReceiver, SrtpSender } from "./srtp.ts";
import { stockEngine } from "./stock_engine.ts";
import { Track } from "./track.ts";

const PICTURE = 9;
const WHOLE: Layer = { rid: undefined, bitrate: 100_000_000, scale: 1 };

/** Somebody shows a picture, somebody watches it, and somebody does not. */
function begin(layers: readonly Layer[] = [WHOLE]) {
  const call = new Call({ maxSpeakers: 12, budget: new SendBudget(Infinity) });
  const asked: (readonly number[] | "picture")[] = [];
  const track = new Track({ name: "screen", stream: PICTURE, layers }, {
    askPackets: (_stream, sequences) => asked.push(sequences),
    askPicture: () => asked.push("picture"),
  });
  const member = (stream: number, tracks: ReadonlyMap<number, Track> = new Map()) => {
    const listener = new Listener(true);
    const keys = deriveKeys({ key: Buffer.alloc(16, stream), salt: Buffer.alloc(12, stream) });
    listener.sender = new SrtpSender(keys, stockEngine.aead);
    const sent: Buffer[] = [];
    const reachedBy: Route = {
      transport: "udp",
      address: "192.0.2.1",
      port: stream,
      take: () => Buffer.alloc(limits.voice.maxDatagramBytes),
      send: (buffer, length) => sent.push(buffer.subarray(0, length)),
    };
    const publisher = new Publisher(stream, { speak: true, bitrate: 64_000 });
    const made = { publisher, listener, tracks, reachedBy } satisfies Member;
    call.add(made);
    return { ...made, member: made, sent };
  };
  member(1, new Map([[PICTURE, track]]));
  const [watcher, other] = [member(2), member(3)];
  watcher.listener.take([1, 3, PICTURE]);
  other.listener.take([1, 2]);
  const counts = noStats();
  const show = (index: number) => {
    const data = Buffer.alloc(RTP_HEADER + 100);
    data.writeUInt16BE(index, 2);
    data.writeUInt32BE(77, 8);
    const opened = { payload: Buffer.alloc(20, index), index };
    const layer = track.accept(data, opened, 0);
    if (layer !== undefined) call.show({ track, layer }, data, opened, counts);
  };
  return { call, track, asked, watcher, other, counts, show };
}

Deno.test("what a sender says of a stream's time goes to those who are sent the stream", () => {
  const { call, track, watcher, other, show } = begin();
  const senderInfo = Buffer.from("e0112233445566778899aabb0000000a00001000", "hex");
  const tell = () => call.tellTime(track, { stream: 77, middle: 0, senderInfo });
  tell();
  assert.deepEqual([watcher.sent.length, other.sent.length], [0, 0], "nothing of it has come yet");
  show(1);
  tell();
  assert.deepEqual([watcher.sent.length, other.sent.length], [2, 0]);
  const keys = deriveKeys({ key: Buffer.alloc(16, 2), salt: Buffer.alloc(12, 2) });
  const plain = new SrtpReceiver(keys, stockEngine.aead).openRtcp(watcher.sent[1]!);
  const told = readSenderReports(plain ?? Buffer.alloc(0)).map((each) => [
    each.stream,
    each.senderInfo.toString("hex"),
  ]);
  assert.deepEqual(told, [[PICTURE, senderInfo.toString("hex")]]);
});

Deno.test("of several layers the best alone is passed on: two under one number would share nonces", () => {
  const { call, track, watcher, counts } = begin([
    { ...WHOLE, rid: "l", scale: 4 },
    { ...WHOLE, rid: "h" },
  ]);
  track.agree(["l", "h"]);
  const opened = { payload: Buffer.alloc(20), index: 1 };
  const sent = track.layers.map((layer) => {
    call.show({ track, layer }, Buffer.alloc(RTP_HEADER), opened, counts);
    return watcher.sent.length;
  });
  assert.deepEqual(sent, [0, 1]);
});

const missing = (sequences: readonly number[]) => ({
  losses: [],
  missed: [{ stream: PICTURE, sequences }],
  pictures: [],
});

Deno.test("what is sent once more is the same packet, is counted, and has a bound over time", () => {
  const { call, watcher, counts, show } = begin();
  for (let index = 0; index < 100; index++) show(index);
  const first = watcher.sent.splice(0);
  assert.equal(first.length, 100);
  call.hear(watcher.member, missing([5, 6]), 0, counts);
  assert.deepEqual(watcher.sent.splice(0), first.slice(5, 7));
  assert.equal(
    counts.bytesSent,
    [...first, ...first.slice(5, 7)].flatMap((each) => [...each]).length,
  );
  const all = Array.from({ length: 100 }, (_, index) => index);
  call.hear(watcher.member, missing(all), 0, counts);
  assert.equal(watcher.sent.splice(0).length, limits.voice.maxResends);
  for (let each = 0; each < 50; each++) call.hear(watcher.member, missing(all), 0, counts);
  assert.equal(
    watcher.sent.splice(0).length,
    limits.voice.maxResendsPerSecond - limits.voice.maxResends - 2,
  );
  call.hear(watcher.member, missing(all), 100, counts);
  assert.equal(watcher.sent.length, limits.voice.maxResendsPerSecond / 10);
});

Deno.test("who does not watch a picture has no say in it", () => {
  const { call, track, asked, watcher, other, counts, show } = begin();
  for (const index of [0, 1, 3]) show(index);
  const says = {
    losses: [{ stream: PICTURE, lost: 0.5 }],
    missed: [{ stream: PICTURE, sequences: [1, 2] }],
    pictures: [PICTURE],
  };
  call.hear(other.member, says, 0, counts);
  track.adapt();
  assert.deepEqual([asked, other.sent, track.bitrate], [[], [], 100_000_000]);
  call.hear(watcher.member, says, 0, counts);
  track.adapt();
  assert.deepEqual(asked, ["picture", [2]]);
  assert.ok(track.bitrate < 100_000_000);
});
