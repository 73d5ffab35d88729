import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { testOnEach } from "../../tests/harness/engines.ts";
import { derive, deriveKeys, guessIndex, label, SrtpReceiver, SrtpSender } from "./srtp.ts";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

/** RFC 7714, 16 and 17: the keys of a session, not of DTLS. */
const session = {
  key: hex("000102030405060708090a0b0c0d0e0f"),
  salt: hex("517569642070726f2071756f"),
};
const keys = { rtp: session, rtcp: session };
const HEADER = hex("8040f17b 8041f8d3 5501a0b2");
const STREAM = 0x5501a0b2;
const SEQUENCE = 0xf17b;
const TEXT = Buffer.from("Gallia est omnis divisa in partes tres");
const SEALED = hex(`
  8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5
  0d294e6f 42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`);

testOnEach("SRTP seals and opens the packet of RFC 7714", ({ aead }) => {
  const out = Buffer.alloc(limits.voice.maxDatagramBytes);
  HEADER.copy(out);
  const length = new SrtpSender(keys, aead).sealRtp(out, TEXT, { stream: STREAM, index: SEQUENCE });
  assert.equal(out.subarray(0, length).toString("hex"), SEALED.toString("hex"));
  const opened = new SrtpReceiver(keys, aead).openRtp(SEALED);
  assert.equal(opened?.payload.toString(), TEXT.toString());
  assert.equal(opened?.index, SEQUENCE);
});

/** RFC 3711, B.3. */
Deno.test("session keys are derived as RFC 3711 does", () => {
  const master = {
    key: hex("e1f97a0d3e018be0d64fa32c06de4139"),
    salt: hex("0ec675ad498afeebb6960b3aabe6"),
  };
  assert.equal(
    derive(master, label.rtpKey, 16).toString("hex"),
    "c61e7a93744f39ee10734afe3ff7a087",
  );
  assert.equal(derive(master, label.rtpSalt, 14).toString("hex"), "30cbbc08863d8c85d49db34a9ae1");
});

testOnEach("a packet is opened once, and not at all when a bit differs", ({ aead }) => {
  const receiver = new SrtpReceiver(keys, aead);
  for (let at = 0; at < SEALED.length; at++) {
    const bad = Buffer.from(SEALED);
    bad.writeUInt8(bad.readUInt8(at) ^ 0x04, at);
    assert.equal(receiver.openRtp(bad), undefined, `byte ${at}`);
  }
  for (let length = 0; length < SEALED.length; length++) {
    assert.equal(receiver.openRtp(SEALED.subarray(0, length)), undefined, `${length} bytes`);
  }
  assert.ok(receiver.openRtp(SEALED), "forgeries have cost the real packet its place");
  assert.equal(receiver.openRtp(SEALED), undefined);
});

testOnEach("numbers go round: the counter that no packet carries follows", ({ aead }) => {
  const made = deriveKeys({ key: hex("00".repeat(16)), salt: hex("11".repeat(12)) });
  const sender = new SrtpSender(made, aead);
  const receiver = new SrtpReceiver(made, aead);
  const packet = (index: number) => {
    const out = Buffer.alloc(200);
    HEADER.copy(out);
    out.writeUInt16BE(index & 0xffff, 2);
    return out.subarray(0, sender.sealRtp(out, TEXT, { stream: STREAM, index }));
  };
  // In an order in which a network may bring them, over two rounds.
  for (const index of [65_533, 65_535, 65_537, 65_534, 65_536, 98_000, 130_000, 131_080, 131_071]) {
    assert.equal(receiver.openRtp(packet(index))?.index, index);
  }
  assert.equal(receiver.openRtp(packet(130_000)), undefined, "older than the window");
});

testOnEach("a browser may begin a few streams, not any number", ({ aead }) => {
  const sender = new SrtpSender(keys, aead);
  const receiver = new SrtpReceiver(keys, aead);
  const opened = Array.from({ length: limits.voice.maxStreams + 3 }, (_, at) => {
    const out = Buffer.alloc(200);
    HEADER.copy(out);
    out.writeUInt32BE(at, 8);
    return receiver.openRtp(
      out.subarray(0, sender.sealRtp(out, TEXT, { stream: at, index: SEQUENCE })),
    );
  });
  assert.equal(opened.filter((each) => each !== undefined).length, limits.voice.maxStreams);
});

/** RFC 7714, 17.1: a sender report with index 0x5d4; ours counts from 0, so it is opened only. */
testOnEach("SRTCP opens the report of RFC 7714 once, and its own", ({ aead }) => {
  const sealed = hex(`
    81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d
    c676a5f1 730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872
    45d9eade 800005d4`);
  const plain = hex(`
    81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
    deadbeef deadbeef deadbeef deadbeef deadbeef`);
  const receiver = new SrtpReceiver(keys, aead);
  for (let at = 0; at < sealed.length; at++) {
    const bad = Buffer.from(sealed);
    bad.writeUInt8(bad.readUInt8(at) ^ 0x10, at);
    assert.equal(receiver.openRtcp(bad), undefined, `byte ${at}`);
  }
  assert.equal(receiver.openRtcp(sealed)?.toString("hex"), plain.toString("hex"));
  assert.equal(receiver.openRtcp(sealed), undefined);

  const sender = new SrtpSender(keys, aead);
  const other = new SrtpReceiver(keys, aead);
  for (let count = 0; count < 3; count++) {
    const own = sender.sealRtcp(plain);
    assert.ok(own);
    assert.equal(other.openRtcp(own)?.toString("hex"), plain.toString("hex"));
  }
});

Deno.test("a sequence number means the index next to the highest one", () => {
  assert.equal(guessIndex(-1, 40_000), 40_000);
  assert.equal(guessIndex(65_535, 0), 65_536);
  assert.equal(guessIndex(65_536, 65_535), 65_535);
  assert.equal(guessIndex(65_536 * 5 + 10, 65_000), 65_536 * 4 + 65_000);
  assert.equal(guessIndex(100, 65_000) < 0, true);
});
