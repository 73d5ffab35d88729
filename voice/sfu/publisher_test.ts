import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { Publisher } from "./publisher.ts";
import { buildReceiverReport } from "./rtcp.ts";

/** A packet of 20 ms, as it was before it was sealed, with a level in decibels under the loudest. */
function packet(index: number, level: number, options: { stream?: number; bytes?: number } = {}) {
  const data = Buffer.alloc(20 + (options.bytes ?? 80));
  data.write("906f", "hex");
  data.writeUInt16BE(index & 0xffff, 2);
  data.writeUInt32BE(index * 960, 4);
  data.writeUInt32BE(options.stream ?? 7, 8);
  data.write(`bede000110${(0x80 | level).toString(16)}0000`, 12, "hex");
  return { data, opened: { payload: data.subarray(20), index } };
}

const make = () => new Publisher(1, { speak: true, bitrate: 64_000 });

Deno.test("speech is what is loud, and lasts over short pauses", () => {
  const voice = make();
  const say = (index: number, level: number, now: number) => {
    const { data, opened } = packet(index, level);
    return voice.accept(data, opened, now);
  };
  assert.equal(say(1, 100, 0), true, "what is quiet is forwarded too");
  assert.equal(voice.speaking, false);
  say(2, 20, 20);
  assert.equal(voice.speaking, true);
  voice.tick(20 + limits.voice.speechHoldMs);
  assert.equal(voice.speaking, true);
  voice.tick(21 + limits.voice.speechHoldMs);
  assert.equal(voice.speaking, false);
});

Deno.test("nothing is forwarded of somebody who may not speak, or is no voice that was offered", () => {
  const voice = make();
  voice.speaks = false;
  const { data, opened } = packet(1, 20);
  assert.equal(voice.accept(data, opened, 0), false);
  assert.equal(voice.speaking, false);
  voice.speaks = true;
  data.writeUInt8(96, 1);
  assert.equal(voice.accept(data, opened, 0), false, "another payload type");
});

Deno.test("more than a voice needs is dropped, in packets and in bytes", () => {
  const voice = make();
  const sent = (count: number, bytes: number, now: number) =>
    Array.from({ length: count }, (_, at) => packet(now + at, 20, { bytes }))
      .filter(({ data, opened }) => voice.accept(data, opened, now)).length;
  assert.equal(sent(1000, 20, 1000), limits.voice.maxPacketsPerSecond);
  assert.equal(sent(1000, 20, 1500), limits.voice.maxPacketsPerSecond / 2);
  const bytes = sent(150, 1200, 10_000) * 1220;
  const allowed = 64_000 / 8 * 2 + limits.voice.maxPacketsPerSecond * 64;
  assert.ok(bytes <= allowed && bytes > allowed - 1220, `${bytes} of ${allowed} bytes`);
});

Deno.test("reports tell the sender what was lost, since the last one and in all", () => {
  const voice = make();
  const hear = (index: number) => {
    const { data, opened } = packet(index, 20);
    voice.accept(data, opened, index * 20);
  };
  for (const index of [65_530, 65_531, 65_534, 65_537]) hear(index);
  const middle = 0x1234_5678;
  const senderInfo = Buffer.alloc(20);
  const take = (stream: number, now: number) =>
    voice.reception?.takeReport({ stream, middle, senderInfo }, now);
  // Of what its sender says as often as it likes listeners are told now and then.
  const now = 65_537 * 20;
  assert.deepEqual([take(7, now - 400), take(8, now), take(7, now), take(7, now + 200)], [
    true,
    false,
    false,
    true,
  ]);
  take(7, now);
  const first = voice.reception?.report(65_537 * 20 + 500);
  assert.ok(first);
  assert.deepEqual(first, {
    stream: 7,
    fractionLost: 128,
    totalLost: 4,
    highest: 65_537,
    jitter: 0,
    lastReport: middle,
    sinceLastReport: 32_768,
  });
  hear(65_538);
  const second = voice.reception?.report(65_538 * 20);
  assert.equal(second?.fractionLost, 0);
  assert.equal(second?.totalLost, 4);
  assert.equal(
    buildReceiverReport(first).toString("hex"),
    "81c9000700000001000000078000000400010001000000001234567800008000",
  );
});

Deno.test("another stream of the same browser begins anew", () => {
  const voice = make();
  for (const stream of [7, 8]) {
    const { data, opened } = packet(1, 20, { stream });
    voice.accept(data, opened, 0);
  }
  assert.equal(voice.generation, 2);
  assert.equal(voice.reception?.stream, 8);
});
