import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { audioLevel, headerLength, kindOf, ridOf } from "./rtp.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

Deno.test("a datagram's kind lies in its first two bytes", () => {
  const kinds = [
    ["00", "stun"],
    ["03", "stun"],
    ["04", undefined],
    ["13", undefined],
    ["14", "dtls"],
    ["3f", "dtls"],
    ["40", undefined],
    ["7f", undefined],
    ["80", "rtp"],
    ["806f", "rtp"],
    ["80ef", "rtp"],
    ["80c8", "rtcp"],
    ["bfc9", "rtcp"],
    ["c0", undefined],
    ["", undefined],
  ] as const;
  for (const [bytes, kind] of kinds) assert.equal(kindOf(hex(bytes)), kind, bytes);
});

Deno.test("a header is measured with its sources and extensions", () => {
  const fixed = "806f0001 00000002 00000003";
  assert.equal(headerLength(hex(fixed)), 12);
  assert.equal(headerLength(hex(`826f${fixed.slice(4)} 0000000a 0000000b`)), 20);
  assert.equal(headerLength(hex(`906f${fixed.slice(4)} bede0001 10aa0000`)), 20);
  assert.equal(headerLength(hex(`906f${fixed.slice(4)} bede0002 10aa0000`)), undefined, "cut");
  assert.equal(headerLength(hex(`8f6f${fixed.slice(4)}`)), undefined, "sources that are not there");
  assert.equal(headerLength(hex(`906f${fixed.slice(4)}`)), undefined, "no extension at all");
  assert.equal(headerLength(hex("806f0001")), undefined);
});

Deno.test("the audio level is found among other extensions, and not behind the end of the list", () => {
  const packet = (extensions: string) => hex(`906f0001 00000002 00000003 bede0002 ${extensions}`);
  assert.equal(audioLevel(packet("10aa0000 00000000"), 1), 0x2a, "without the voice bit");
  assert.equal(audioLevel(packet("2233445500107f00"), 1), 0x7f, "behind another and a filler");
  assert.equal(audioLevel(packet("f0000000 10aa0000"), 1), undefined, "behind the end");
  assert.equal(audioLevel(packet("2233445500000010"), 1), undefined, "cut off by the end");
  assert.equal(
    audioLevel(packet("2f10aa00 10aa0000"), 1),
    undefined,
    "an element that is too long",
  );
  assert.equal(audioLevel(hex("806f0001 00000002 00000003"), 1), undefined);
});

Deno.test("the name of a layer is found among other extensions, whole or not at all", () => {
  const packet = (extensions: string) => hex(`90610001 00000002 00000003 bede0002 ${extensions}`);
  assert.equal(ridOf(packet("20680000 00000000"), 2), "h");
  assert.equal(ridOf(packet("10aa2261 62630000"), 2), "abc", "behind another");
  assert.equal(ridOf(packet("10aa0000 00000026"), 2), undefined, "cut off by the end");
  assert.equal(ridOf(packet("2f616263 64656667"), 2), undefined, "longer than the list");
  assert.equal(ridOf(packet("f0002068 00000000"), 2), undefined, "behind the end");
  assert.equal(ridOf(hex("80610001 00000002 00000003"), 2), undefined);
});
