import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { type Layer, RID_ID } from "../signalling/layers.ts";
import { EgressStream } from "./egress_stream.ts";
import { RTP_HEADER } from "./rtp.ts";
import { Track } from "./track.ts";

const LAYERS: readonly Layer[] = [
  { rid: "l", bitrate: 200_000, scale: 4 },
  { rid: "h", bitrate: 1_000_000, scale: 1 },
];

function begin(layers: readonly Layer[] = [{ rid: undefined, bitrate: 1_000_000, scale: 1 }]) {
  const asked: (readonly number[] | "picture")[] = [];
  const askedOf: number[] = [];
  const track = new Track({ name: "screen", stream: 9, layers }, {
    askPackets: (_stream, sequences) => asked.push(sequences),
    askPicture: (stream) => {
      asked.push("picture");
      askedOf.push(stream);
    },
  });
  const take = (index: number, now: number, ssrc = 77, rid?: string) => {
    const data = packetOf({ index, ssrc, rid });
    const payload = Buffer.alloc(20, index);
    const layer = track.accept(data, { payload, index }, now);
    layer?.keep(index, data.subarray(0, RTP_HEADER), payload);
    return layer !== undefined;
  };
  const layer = (at = 0) => track.layers[at] ?? assert.fail("there is no such layer");
  return { track, asked, askedOf, take, layer };
}

/** With the name of its layer in front of a hundred bytes, if it has one. */
function packetOf(
  { index, ssrc, rid }: {
    readonly index: number;
    readonly ssrc: number;
    readonly rid: string | undefined;
  },
): Buffer {
  const header = Buffer.alloc(RTP_HEADER);
  header.writeUInt8(rid === undefined ? 0x80 : 0x90, 0);
  header.writeUInt16BE(index % 0x1_0000, 2);
  header.writeUInt32BE(ssrc, 8);
  if (rid === undefined) return Buffer.concat([header, Buffer.alloc(100)]);
  const words = Math.ceil((1 + rid.length) / 4);
  const extension = Buffer.alloc(4 + words * 4);
  extension.writeUInt16BE(0xbede, 0);
  extension.writeUInt16BE(words, 2);
  extension.writeUInt8(RID_ID << 4 | (rid.length - 1), 4);
  extension.write(rid, 5, "latin1");
  return Buffer.concat([header, extension, Buffer.alloc(100)]);
}

Deno.test("the last packets of a picture are kept, and no others", () => {
  const { layer, take } = begin();
  const { maxKeptPackets } = limits.voice;
  for (let index = 0; index < maxKeptPackets + 2; index++) take(index, index);
  assert.equal(layer().kept(1), undefined);
  assert.equal(layer().kept(2)?.payload[0], 2);
  assert.equal(layer().kept(maxKeptPackets + 1)?.payload.length, 20);
  assert.equal(layer().kept(maxKeptPackets + 2), undefined);
  take(0, 400, 78);
  assert.equal(layer().kept(5), undefined, "another stream has other packets");
});

Deno.test("a sender is asked for a whole picture, and for what never came, not too often", () => {
  const { track, layer, asked, take } = begin();
  track.wantPicture(0);
  assert.deepEqual(asked, [], "nothing has come that could be asked for");
  take(3, 10);
  track.tick(10);
  for (let now = 20; now < 1000; now += 10) track.wantPicture(now);
  assert.deepEqual(asked, ["picture"]);
  track.tick(10 + limits.voice.keyframeEveryMs);
  assert.deepEqual(asked.splice(0), ["picture", "picture"]);
  take(0x1_0008, 1990);
  layer().miss([0x1_0004, 0x1_0005], 2000);
  layer().miss([0x1_0004, 0x1_0006], 2010);
  layer().miss([0x1_0004], 2000 + limits.voice.askAgainMs);
  assert.deepEqual(asked.splice(0), [[4, 5], [6], [4]]);
  const last = 0x1_0008 - limits.voice.maxKeptPackets + 1;
  layer().miss([last - 1, last], 3000);
  assert.deepEqual(asked, [[last]], "what comes too late to be taken is not asked for");
});

Deno.test("what comes while nothing is shown is dropped, and no gap for those who watch", () => {
  const { track, layer, take } = begin();
  assert.ok(take(0, 0));
  const before = track.generation;
  track.isOn = false;
  assert.equal(layer().kept(0), undefined);
  assert.ok(!take(1, 1));
  track.isOn = true;
  assert.ok(take(2, 2));
  assert.notEqual(track.generation, before);
});

Deno.test("a picture that is larger than agreed is cut off, until time has passed", () => {
  const { take } = begin();
  const count = (now: number) => {
    let accepted = 0;
    while (take(index++, now)) accepted++;
    return accepted;
  };
  let index = 0;
  assert.ok(count(0) <= limits.voice.maxVideoPacketsPerSecond);
  assert.equal(count(0), 0);
  assert.ok(count(100) > 0);
});

Deno.test("senders are slowed down by loss and come back, within bounds", () => {
  const { track } = begin();
  const told = (part: number) => {
    track.lost(part);
    track.adapt();
    return track.bitrate;
  };
  assert.equal(told(0), 1_000_000);
  assert.equal(told(0.2), 850_000);
  assert.equal(told(0.05), 850_000);
  for (let each = 0; each < 50; each++) told(0.5);
  assert.equal(track.bitrate, limits.voice.minVideoBitrate);
  track.adapt();
  assert.equal(track.bitrate, limits.voice.minVideoBitrate, "silence says nothing");
  for (let each = 0; each < 50; each++) told(0);
  assert.equal(track.bitrate, 1_000_000);
});

Deno.test("a stream is of the layer that its first packets name", () => {
  const { track, take, layer } = begin(LAYERS);
  track.agree(["l", "h"]);
  assert.deepEqual(track.layers.map(({ rid }) => rid), ["l", "h"]);
  assert.ok(!take(0, 0, 70), "nothing says of which layer it is");
  assert.ok(!take(1, 0, 70, "x"), "it names one that was not agreed on");
  assert.ok(!take(2, 0, 70, "l".repeat(16)));
  assert.ok(take(3, 0, 70, "l"));
  assert.ok(take(0, 0, 71, "h"));
  assert.ok(take(4, 0, 70), "it was named before");
  assert.ok(take(5, 0, 70, "h"), "a stream stays what it was");
  assert.deepEqual(track.layers.map(({ reception }) => reception?.stream), [70, 71]);
  assert.deepEqual([layer(0).kept(5)?.payload[0], layer(1).kept(5)], [5, undefined]);
  for (let stream = 100; stream < 200; stream++) take(0, 0, stream, "l");
  assert.equal(track.layers.length, 2);
  assert.equal(layer(0).reception?.stream, 199, "of several streams the latest is the layer");
});

Deno.test("a whole picture is asked of one layer, each not too often", () => {
  const { track, askedOf, take, layer } = begin(LAYERS);
  track.agree(["l", "h"]);
  take(0, 0, 70, "l");
  take(0, 0, 71, "h");
  track.wantPicture(0, [layer(1)]);
  track.wantPicture(1, [layer(1)]);
  track.wantPicture(1, [layer(0)]);
  assert.deepEqual(askedOf, [71, 70]);
  track.tick(limits.voice.keyframeEveryMs);
  assert.deepEqual(askedOf, [71, 70, 71]);
});

Deno.test("a browser that agrees to no layers sends the best picture once", () => {
  const { track, take, layer } = begin(LAYERS);
  track.agree([]);
  assert.deepEqual(track.layers.map(({ rid, bitrate }) => [rid, bitrate]), [[
    undefined,
    1_000_000,
  ]]);
  assert.ok(take(0, 0, 70));
  assert.ok(take(0, 0, 71, "l"), "what it names counts for nothing");
  assert.equal(track.bitrate, 1_000_000);
  const before = [track.generation, layer()];
  track.agree([]);
  assert.deepEqual([track.generation, layer()], before, "nothing has changed");
  track.agree(["h", "l"]);
  assert.notEqual(track.generation, before[0]);
  assert.equal(track.bitrate, 1_200_000);
});

Deno.test("a number stands for the packet that went out under it, or for none", () => {
  const stream = new EgressStream();
  assert.equal(stream.indexOf(1, 0), undefined);
  for (const index of [500, 501, 503]) stream.next(1, index);
  assert.deepEqual([0, 1, 2, 3, 4].map((number) => stream.indexOf(1, number)), [
    500,
    501,
    502,
    503,
    undefined,
  ]);
  stream.next(2, 900);
  assert.equal(stream.indexOf(2, 4), 900);
  assert.equal(stream.indexOf(2, 3), undefined, "of the time before the pause");
  assert.equal(stream.indexOf(1, 4), undefined);
});
