import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { EgressStream } from "./egress_stream.ts";
import { RTP_HEADER } from "./rtp.ts";
import { Track } from "./track.ts";

function begin() {
  const asked: (readonly number[] | "picture")[] = [];
  const track = new Track({ name: "screen", stream: 9, bitrate: 1_000_000 }, {
    askPackets: (sequences) => asked.push(sequences),
    askPicture: () => asked.push("picture"),
  });
  const take = (index: number, now: number, ssrc = 77) => {
    const data = Buffer.alloc(RTP_HEADER + 100);
    data.writeUInt16BE(index % 0x1_0000, 2);
    data.writeUInt32BE(ssrc, 8);
    const payload = Buffer.alloc(20, index);
    const accepted = track.accept(data, { payload, index }, now);
    if (accepted) track.keep(index, data.subarray(0, RTP_HEADER), payload);
    return accepted;
  };
  return { track, asked, take };
}

Deno.test("the last packets of a picture are kept, and no others", () => {
  const { track, take } = begin();
  const { maxKeptPackets } = limits.voice;
  for (let index = 0; index < maxKeptPackets + 2; index++) take(index, index);
  assert.equal(track.kept(1), undefined);
  assert.equal(track.kept(2)?.payload[0], 2);
  assert.equal(track.kept(maxKeptPackets + 1)?.payload.length, 20);
  assert.equal(track.kept(maxKeptPackets + 2), undefined);
  take(0, 400, 78);
  assert.equal(track.kept(5), undefined, "another stream has other packets");
});

Deno.test("a sender is asked for a whole picture, and for what never came, not too often", () => {
  const { track, asked, take } = begin();
  track.wantPicture(0);
  assert.deepEqual(asked, [], "nothing has come that could be asked for");
  take(3, 10);
  track.tick(10);
  for (let now = 20; now < 1000; now += 10) track.wantPicture(now);
  assert.deepEqual(asked, ["picture"]);
  track.tick(10 + limits.voice.keyframeEveryMs);
  assert.deepEqual(asked.splice(0), ["picture", "picture"]);
  take(0x1_0008, 1990);
  track.miss([0x1_0004, 0x1_0005], 2000);
  track.miss([0x1_0004, 0x1_0006], 2010);
  track.miss([0x1_0004], 2000 + limits.voice.askAgainMs);
  assert.deepEqual(asked.splice(0), [[4, 5], [6], [4]]);
  const last = 0x1_0008 - limits.voice.maxKeptPackets + 1;
  track.miss([last - 1, last], 3000);
  assert.deepEqual(asked, [[last]], "what comes too late to be taken is not asked for");
});

Deno.test("what comes while nothing is shown is dropped, and no gap for those who watch", () => {
  const { track, take } = begin();
  assert.ok(take(0, 0));
  const before = track.generation;
  track.isOn = false;
  assert.equal(track.kept(0), undefined);
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
