import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  buildBitrateBound,
  buildNack,
  buildPictureRequest,
  buildReceiverReport,
  readFeedback,
} from "./rtcp.ts";

Deno.test("what a browser misses is read as it was asked for, over the end of numbers", () => {
  const sequences = [10, 11, 26, 27, 65_535, 0, 15];
  const { missed } = readFeedback(buildNack(7, sequences));
  assert.deepEqual(missed, [{ stream: 7, sequences }]);
  // RFC 4585, 6.2.1: the number, and a bit for each of the sixteen behind it.
  assert.equal(buildNack(7, [1, 2, 17]).toString("hex"), "81cd0003000000010000000700018001");
});

Deno.test("a compound packet is read up to where it breaks", () => {
  const report = buildReceiverReport({
    stream: 5,
    fractionLost: 64,
    totalLost: 3,
    highest: 9,
    jitter: 0,
    lastReport: 0,
    sinceLastReport: 0,
  });
  const fir = Buffer.from("84ce0004000000010000000000000009010000000000".slice(0, 40), "hex");
  const all = Buffer.concat([report, buildPictureRequest(6), fir, buildNack(7, [1])]);
  assert.deepEqual(readFeedback(all), {
    losses: [{ stream: 5, lost: 0.25 }],
    missed: [{ stream: 7, sequences: [1] }],
    pictures: [6, 9],
  });
  for (let length = 0; length < all.length; length++) readFeedback(all.subarray(0, length));
  assert.deepEqual(readFeedback(all.subarray(0, report.length)).pictures, []);
});

Deno.test("what a compound packet says again and again counts once", () => {
  const again = Array.from({ length: 8 }, () => [buildNack(7, [1, 2]), buildPictureRequest(7)]);
  assert.deepEqual(readFeedback(Buffer.concat([...again.flat(), buildNack(7, [2, 3])])), {
    losses: [],
    missed: [{ stream: 7, sequences: [1, 2] }],
    pictures: [7],
  });
  const { missed } = readFeedback(Buffer.concat([buildNack(7, [1, 2]), buildNack(7, [2, 3])]));
  assert.deepEqual(missed, [{ stream: 7, sequences: [1, 2, 3] }]);
});

Deno.test("a bound for what is sent is written as 18 bits and how often they are doubled", () => {
  const read = (packet: Buffer) => {
    const word = packet.readUInt32BE(16);
    return (word & 0x3ffff) * 2 ** (word >>> 18 & 0x3f);
  };
  for (const bitrate of [1, 150_000, 262_143, 262_144, 2_540_000, 20_000_000]) {
    const packet = buildBitrateBound(bitrate, [11, 12]);
    assert.equal(packet.toString("ascii", 12, 16), "REMB");
    assert.ok(read(packet) <= bitrate && read(packet) > bitrate * 0.999, `${bitrate}`);
    assert.deepEqual([packet.readUInt8(16), packet.readUInt32BE(20)], [2, 11]);
  }
});
