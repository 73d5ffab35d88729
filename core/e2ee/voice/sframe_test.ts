import assert from "node:assert/strict";
import { deriveSFrameKey, openFrame, sealFrame } from "./sframe.ts";
import { decodeHeader, encodeHeader } from "./sframe_header.ts";
import { ReplayWindow, VOICE_WINDOW } from "./replay_window.ts";

const hex = (text: string) => Uint8Array.fromHex(text) as Uint8Array<ArrayBuffer>;

/** RFC 9605 C.1: each size of KID and CTR at its edges. */
const HEADERS: readonly (readonly [kid: bigint, ctr: bigint, encoded: string])[] = [
  [0n, 0n, "00"],
  [0n, 1n, "01"],
  [0n, 255n, "08ff"],
  [0n, 256n, "090100"],
  [0n, 65535n, "09ffff"],
  [0n, 65536n, "0a010000"],
  [0n, 16777216n, "0b01000000"],
  [0n, 4294967296n, "0c0100000000"],
  [0n, 1099511627776n, "0d010000000000"],
  [0n, 281474976710656n, "0e01000000000000"],
  [0n, 72057594037927936n, "0f0100000000000000"],
  [0n, 18446744073709551615n, "0fffffffffffffffff"],
  [1n, 0n, "10"],
  [1n, 255n, "18ff"],
  [255n, 0n, "80ff"],
  [255n, 255n, "88ffff"],
  [256n, 1n, "910100"],
  [256n, 256n, "9901000100"],
  [65535n, 65536n, "9affff010000"],
  [65536n, 255n, "a8010000ff"],
  [16777216n, 4294967296n, "bc010000000100000000"],
  [4294967296n, 18446744073709551615n, "cf0100000000ffffffffffffffff"],
];

Deno.test("SFrame headers are those of RFC 9605 C.1", () => {
  for (const [kid, ctr, encoded] of HEADERS) {
    assert.equal(encodeHeader(kid, ctr).toHex(), encoded);
    assert.deepEqual(decodeHeader(hex(encoded)), { kid, ctr, size: encoded.length / 2 });
    for (let size = 0; size < encoded.length / 2; size++) {
      assert.equal(decodeHeader(hex(encoded).subarray(0, size)), undefined);
    }
  }
  assert.throws(() => encodeHeader(2n ** 64n, 0n), /KID 18446744073709551616/);
  assert.throws(() => encodeHeader(0n, -1n), /CTR -1/);
});

/** RFC 9605 C.3, suite 0x0004. */
const VECTOR = {
  kid: 0x123n,
  ctr: 0x4567n,
  baseKey: hex("000102030405060708090a0b0c0d0e0f"),
  salt: "75234edefe07819026751816",
  metadata: hex("4945544620534672616d65205747"),
  plaintext: hex("64726166742d696574662d736672616d652d656e63"),
  sealed: "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb",
};

Deno.test("a sealed frame is that of RFC 9605 C.3", async () => {
  const { plaintext, metadata } = VECTOR;
  const key = await deriveSFrameKey(VECTOR.baseKey, VECTOR.kid);
  assert.equal(key.salt.toHex(), VECTOR.salt);
  const sealed = await sealFrame(key, VECTOR.ctr, { plaintext, metadata });
  assert.equal(sealed.toHex(), VECTOR.sealed);
  const opened = await openFrame(key, hex(VECTOR.sealed), metadata);
  assert.deepEqual(new Uint8Array(opened!), plaintext);
});

Deno.test("a frame opens with its own key, header and metadata alone", async () => {
  const { plaintext } = VECTOR;
  const key = await deriveSFrameKey(VECTOR.baseKey, 0x101n);
  const sealed = await sealFrame(key, 7n, { plaintext });
  assert.deepEqual(new Uint8Array((await openFrame(key, sealed))!), plaintext);
  for (let at = 0; at < sealed.length; at++) {
    const bent = sealed.slice();
    bent[at]! ^= 0x10;
    assert.equal(await openFrame(key, bent), undefined, `byte ${at}`);
    assert.equal(await openFrame(key, sealed.slice(0, at)), undefined, `cut to ${at}`);
  }
  assert.equal(await openFrame(key, sealed, hex("00")), undefined);
  const others = [
    deriveSFrameKey(VECTOR.baseKey, 0x201n),
    deriveSFrameKey(hex("000102030405060708090a0b0c0d0eff"), 0x101n),
  ];
  for (const other of await Promise.all(others)) {
    assert.equal(await openFrame(other, sealed), undefined);
  }
  await assert.rejects(deriveSFrameKey(hex("00"), 1n), /base key of 1 bytes/);
});

Deno.test("a counter is taken once, and one that is far behind not at all", () => {
  const window = new ReplayWindow(VOICE_WINDOW);
  assert.equal(window.take(0n), true);
  assert.equal(window.take(0n), false);
  assert.equal(window.take(5n), true);
  assert.equal(window.take(3n), true);
  assert.equal(window.take(3n), false);
  assert.equal(window.take(131n), true);
  assert.equal(window.admits(3n), false);
  assert.equal(window.admits(4n), true);
  assert.equal(window.admits(5n), false);
  assert.equal(window.take(2n ** 40n), true);
  assert.equal(window.take(131n), false);
  assert.equal(window.take(2n ** 40n - 127n), true);
  assert.equal(window.take(2n ** 40n - 128n), false);
});

Deno.test("every counter of a shuffled stream is taken exactly once", () => {
  const window = new ReplayWindow(VOICE_WINDOW);
  const taken: number[] = [];
  for (let block = 0; block < 10; block++) {
    const numbers = Array.from({ length: 100 }, (_, at) => block * 100 + at * 37 % 100);
    for (const number of [...numbers, ...numbers]) {
      if (window.take(BigInt(number))) taken.push(number);
    }
  }
  assert.equal(taken.length, 1000);
  assert.equal(new Set(taken).size, 1000);
});
