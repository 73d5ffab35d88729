import assert from "node:assert/strict";
import fc from "fast-check";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { EventId } from "../ids/event_id.ts";
import { MAIN_CHANNEL } from "../ids/channel_id.ts";
import type { RoomId } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { CountingRng } from "../../tests/harness/parts.ts";
import { base64Of, concat, framed, fromBase64, uint, utf8 } from "./bytes.ts";
import {
  bucketOf,
  type MessageKey,
  open,
  readRecord,
  seal,
  type SealedBody,
  type SealedPlace,
  writeRecord,
} from "./envelope.ts";
import type { SealedDraft } from "./payload.ts";

const ID = "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM";
const OTHER_ID = "11111111111111111111111111111111";
const place: SealedPlace = {
  roomId: `!${ID}` as RoomId,
  channelId: MAIN_CHANNEL,
  sender: "@alice:example.com" as UserId,
  relation: undefined,
};
const rng = new CountingRng();

function sealText(body: string, at: SealedPlace = place) {
  return seal({ payload: { type: "message", body }, place: at, rng });
}

function reasonOf(input: Parameters<typeof open>[0]): string {
  const result = open(input);
  return result.ok ? "opened" : result.reason;
}

Deno.test("what is sealed opens with its record and with its key", () => {
  const payload = {
    type: "message" as const,
    body: 'Hello **you** 👋 \u0000 \n "',
    media: [{
      uri: "mxc://example.com/8FyqfTvsqV1HMzCTqAENWY",
      key: base64Of(new Uint8Array(32)),
      hash: base64Of(new Uint8Array(32).fill(7)),
      name: "漢".repeat(255),
      type: "image/png",
      size: 12_345,
      width: 10,
    }],
    mentions: { users: ["@bob:example.org"] },
  } as unknown as SealedDraft;
  const { sealed, key, record } = seal({ payload, place, rng });
  assert.equal(record.length, 256);
  assert.deepEqual(readRecord(record), key);
  for (const with_ of [key, record]) {
    const result = open({ sealed, key: with_, place });
    assert.ok(result.ok);
    assert.deepEqual(JSON.parse(JSON.stringify(result.payload)), payload);
  }
});

Deno.test("a sealed message opens in its own room, channel and under its sender alone", () => {
  const { sealed, key } = sealText("hi");
  const elsewhere: Partial<SealedPlace>[] = [
    { roomId: `!${OTHER_ID}` as RoomId },
    { channelId: "8FyqfTvsqV1HMzCTqAENWY" as SealedPlace["channelId"] },
    { sender: "@bob:example.com" as UserId },
  ];
  for (const change of elsewhere) {
    assert.equal(reasonOf({ sealed, key, place: { ...place, ...change } }), "wrong_place");
  }
});

Deno.test("an answer, an edit and a reaction stay with the message they were made for", () => {
  const event = `$${ID}` as EventId;
  const reply = { ...place, relation: { kind: "reply", event_id: event } as const };
  const { sealed, key } = sealText("yes", reply);
  assert.equal(key.kind, "message");
  assert.equal(reasonOf({ sealed, key, place: reply }), "opened");
  assert.equal(reasonOf({ sealed, key, place }), "wrong_relation");
  const others = [
    { kind: "edit", event_id: event },
    { kind: "reply", event_id: `$${OTHER_ID}` as EventId },
    { kind: "reply", event_id: event, reply_to: event },
  ] as const;
  for (const relation of others) {
    assert.equal(reasonOf({ sealed, key, place: { ...place, relation } }), "wrong_relation");
  }
  const edit = { ...place, relation: { kind: "edit", event_id: event } as const };
  assert.equal(sealText("no", edit).key.kind, "edit");
  const on = { ...place, relation: { kind: "reaction", event_id: event } as const };
  const reaction = seal({ payload: { type: "reaction", key: "👍" }, place: on, rng });
  assert.equal(reaction.key.kind, "reaction");
  assert.equal(reasonOf({ sealed: reaction.sealed, key: reaction.key, place: on }), "opened");
});

Deno.test("the key of one message opens no other", () => {
  const one = sealText("one");
  const two = sealText("two");
  assert.equal(reasonOf({ sealed: one.sealed, key: two.key, place }), "wrong_nonce");
  const renamed = { ...two.key, nonce: one.key.nonce };
  assert.equal(reasonOf({ sealed: one.sealed, key: renamed, place }), "wrong_hash");
  const swapped = { ...one.sealed, body: two.sealed.body };
  assert.equal(reasonOf({ sealed: swapped, key: one.key, place }), "wrong_hash");
});

Deno.test("a body that was changed is found before it is opened", () => {
  const { sealed, key } = sealText("hi");
  const body = fromBase64(sealed.body) as Uint8Array;
  for (let at = 0; at < body.length; at += 7) {
    const other = body.slice();
    other[at] = (other[at] as number) ^ 0x80;
    assert.equal(
      reasonOf({ sealed: { ...sealed, body: base64Of(other) }, key, place }),
      "wrong_hash",
    );
  }
  const wrong: [Partial<SealedBody>, string][] = [
    [{ body: sealed.body + "=" }, "malformed"],
    [{ body: "x".repeat(limits.sealed.maxBodyBytes * 4 / 3 + 1) }, "malformed"],
    [{ nonce: "AAAA" }, "malformed"],
    [{ v: 2 as 1 }, "malformed"],
    [{ body: "" }, "wrong_hash"],
  ];
  for (const [change, reason] of wrong) {
    assert.equal(reasonOf({ sealed: { ...sealed, ...change }, key, place }), reason);
  }
});

/** What a member with a bad client could send: any plaintext under a proper key. */
function sealRaw(plaintext: Uint8Array, kind: MessageKey["kind"] = "message") {
  const nonce = rng.bytes(16);
  const contentKey = rng.bytes(32);
  const cipherNonce = rng.bytes(24);
  const { roomId, channelId, sender } = place;
  const aad = framed("openguild/sealed/1", roomId, channelId, sender, nonce);
  const body = concat(
    cipherNonce,
    xchacha20poly1305(contentKey, cipherNonce, aad).encrypt(plaintext),
  );
  const key: MessageKey = { nonce, contentKey, hash: sha256(body), kind };
  return { sealed: { v: 1 as const, nonce: base64Of(nonce), body: base64Of(body) }, key };
}

function padded(json: string, options: { bucket?: number; length?: number } = {}) {
  const bytes = utf8(json);
  const all = new Uint8Array(options.bucket ?? 256);
  all.set(uint(options.length ?? bytes.length, 4));
  all.set(bytes, 4);
  return all;
}

const FOUR_PREVIEWS = Array(4).fill('{"title":"t","url":"https://a/"}').join(",");

Deno.test("a hostile member's payload is refused with its reason", () => {
  const refusals: [Uint8Array, string][] = [
    [padded('{"type":"message"}', { bucket: 512 }), "malformed"],
    [padded('{"type":"message"}', { bucket: 255 }), "malformed"],
    [padded('{"type":"message"}', { length: 4_000_000_000 }), "malformed"],
    [padded('{"type":"message"}!', { length: 18 }), "malformed"],
    [new Uint8Array(0), "malformed"],
    [padded('{"type":"message","type":"message"}'), "bad_payload"],
    [padded('{"type":"message","body":7}'), "bad_payload"],
    [padded('{"type":"reaction"}'), "bad_payload"],
    [padded('{"type":"message","media":[{"uri":"https://evil.example/x"}]}'), "bad_payload"],
    [padded('{"type":"joke"}'), "bad_payload"],
    [padded("["), "bad_payload"],
    [padded("null"), "bad_payload"],
    [padded('{"type":"message","mentions":{"users":["everybody"]}}'), "bad_payload"],
    [padded('{"previews":[{"title":"t","url":"https://a/"}],"type":"reaction"}'), "bad_payload"],
    [padded('{"previews":[{"title":"","url":"https://a/"}],"type":"message"}'), "bad_payload"],
    [padded('{"previews":[{"title":"t"}],"type":"message"}'), "bad_payload"],
    [
      padded(`{"previews":[{"title":"${"t".repeat(601)}","url":"https://a/"}],"type":"message"}`, {
        bucket: 1024,
      }),
      "bad_payload",
    ],
    [padded(`{"previews":[${FOUR_PREVIEWS}],"type":"message"}`), "bad_payload"],
  ];
  for (const [plaintext, reason] of refusals) {
    assert.equal(reasonOf({ ...sealRaw(plaintext), place }), reason);
  }
  assert.equal(reasonOf({ ...sealRaw(padded('{"type":"message"}')), place }), "opened");
  const disguised = sealRaw(padded('{"type":"message"}'), "reaction");
  assert.equal(reasonOf({ ...disguised, place }), "wrong_kind");
});

Deno.test("what shares history says beside its seal that it is no news; nothing else may", () => {
  const text = (chars: number) => "A".repeat(chars);
  const history = {
    ...{ id: base64Of(rng.bytes(16)), to: "@bob:example.org", from_ts: 1, until_ts: 2 },
    ...{ keys: 1, batch: 1, batches: 1, welcome: text(8), message: text(8), sealed: text(8) },
  };
  const payload = { type: "history", history } as unknown as SealedDraft;
  const shared = seal({ payload, place, rng });
  assert.equal(shared.sealed.quiet, true);
  assert.equal(reasonOf({ ...shared, place }), "opened");
  // A server that takes the mark away has it counted, and changes nothing else.
  const { quiet: _, ...counted } = shared.sealed;
  assert.equal(reasonOf({ sealed: counted, key: shared.key, place }), "opened");
  const said = sealText("hi");
  assert.equal(said.sealed.quiet, undefined);
  const hushed = { ...said.sealed, quiet: true as const };
  assert.equal(reasonOf({ sealed: hushed, key: said.key, place }), "wrong_kind");
});

Deno.test("records of another version, size, kind or padding are refused", () => {
  const { sealed, key, record } = sealText("hi");
  const change = (at: number, value: number) => {
    const other = record.slice();
    other[at] = value;
    return other;
  };
  const bad = [change(0, 2), change(81, 0), change(81, 5), change(82, 1), change(255, 1)];
  for (const other of [...bad, record.slice(1), concat(record, record)]) {
    assert.equal(readRecord(other), undefined);
    assert.equal(reasonOf({ sealed, key: other, place }), "malformed_record");
  }
  assert.deepEqual(writeRecord(key), record);
});

Deno.test("lengths show only a bucket, and the longest body fits into an event", () => {
  const sizeOf = (body: string) => sealText(body).sealed.body.length;
  assert.equal(sizeOf(""), sizeOf("x".repeat(200)));
  assert.ok(sizeOf("x".repeat(300)) > sizeOf(""));
  const longest = sizeOf("x".repeat(limits.content.maxBodyBytes));
  assert.ok(longest <= limits.sealed.maxBodyBytes * 4 / 3, `${longest}`);
  assert.equal(bucketOf(256), 256);
  assert.equal(bucketOf(257), 512);
  assert.equal(bucketOf(limits.sealed.maxBucketBytes), limits.sealed.maxBucketBytes);
  assert.equal(bucketOf(limits.sealed.maxBucketBytes + 1), undefined);
  assert.throws(() => sealText('"'.repeat(limits.content.maxBodyBytes)), /Send it in parts/);
  assert.throws(() => sealText("x".repeat(limits.content.maxBodyBytes + 1)), /payload\.body/);
  assert.throws(() => sealText("\ud800"), /Cannot seal a message/);
});

Deno.test("whatever is said comes back as it was said", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 2000 }), (body) => {
      const { sealed, record } = sealText(body);
      const result = open({ sealed, key: record, place });
      assert.ok(result.ok);
      assert.equal(result.payload.body, body);
    }),
    { numRuns: 50 },
  );
});

Deno.test("opening random bytes never throws", () => {
  const { key } = sealText("hi");
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.uint8Array({ maxLength: 300 }),
      (nonce, body, bytes) => {
        assert.equal(open({ sealed: { v: 1, nonce, body }, key, place }).ok, false);
        assert.equal(open({ sealed: { v: 1, nonce, body }, key: bytes, place }).ok, false);
      },
    ),
  );
});
