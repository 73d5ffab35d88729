import assert from "node:assert/strict";
import { base58 } from "@scure/base";
import fc from "fast-check";
import { casesOf } from "../../tests/harness/cases.ts";
import {
  decodeBase58To16,
  decodeBase58To32,
  encodeBase58Of16,
  encodeBase58Of32,
} from "./base58.ts";
import { channelIdFromBytes, MAIN_CHANNEL, parseChannelId } from "./channel_id.ts";
import { compareBytes } from "./compare_bytes.ts";
import { eventIdFromHash, hashOfEventId, parseEventId } from "./event_id.ts";
import { keyIdFromHash, parseKeyId, parseSignatureName, signatureName } from "./key_id.ts";
import { mediaIdOf, mediaUriFromBytes, parseMediaUri, serverOfMedia } from "./media_uri.ts";
import { parseRoleId } from "./role_id.ts";
import { createEventIdOf, hashOfRoomId, parseRoomId, roomIdFromHash } from "./room_id.ts";
import { hostAndPortOf, parseServerName, type ServerName } from "./server_name.ts";
import { sortEventIds } from "./sort_event_ids.ts";
import { localpartOf, parseTypedUserId, parseUserId, serverOf } from "./user_id.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 });
const sparse32 = fc.tuple(fc.integer({ min: 0, max: 32 }), bytes32)
  .map(([zeros, bytes]) => bytes.fill(0, 0, zeros));

Deno.test("base58 agrees with a general codec, leading zeros and all", () => {
  fc.assert(
    fc.property(sparse32, bytes16, (long, short) => {
      assert.equal(encodeBase58Of32(long), base58.encode(long));
      assert.deepEqual(decodeBase58To32(base58.encode(long)), long);
      assert.equal(encodeBase58Of16(short), base58.encode(short));
      assert.deepEqual(decodeBase58To16(base58.encode(short)), short);
    }),
    { numRuns: casesOf("G12_CASES", 5000) },
  );
});

Deno.test("base58 takes only the one encoding of exactly its size", () => {
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl+ é";
  const text = fc.string({ unit: fc.constantFrom(...alphabet), minLength: 14, maxLength: 46 });
  let taken = 0;
  fc.assert(
    fc.property(
      fc.oneof(text, sparse32.map((bytes) => base58.encode(bytes).slice(1))),
      (sample) => {
        for (const [decode, size] of [[decodeBase58To16, 16], [decodeBase58To32, 32]] as const) {
          const ours = decode(sample);
          let general: Uint8Array | undefined;
          try {
            general = base58.decode(sample);
          } catch {
            general = undefined;
          }
          const fits = general?.length === size;
          assert.equal(ours !== undefined, fits, sample);
          if (fits) taken++;
        }
      },
    ),
    { numRuns: casesOf("G12_CASES", 5000) },
  );
  assert.ok(taken > 10);
  const highest = base58.encode(new Uint8Array(32).fill(255));
  assert.ok(decodeBase58To32(highest));
  assert.equal(decodeBase58To32(`${highest.slice(0, -1)}z`), undefined);
  assert.throws(() => encodeBase58Of32(new Uint8Array(31)), RangeError);
});

Deno.test("server names have one spelling; Non-numeric ports in server names are rejected", () => {
  const good = [
    "example.com",
    "localhost",
    "a.b-c.d1:8448",
    "1.2.3.4",
    "1.2.3.4:1",
    "[::1]",
    "[2001:db8::1]:65535",
    "[1:2:3:4:5:6:7:8]",
    "[::]",
    "[1::2:0:0:3:0]",
    "xn--bcher-kva.example",
    "3com.com",
  ];
  for (const text of good) assert.equal(parseServerName(text), text);
  const bad = [
    "",
    "Example.com",
    "example.com.",
    ".com",
    "a..b",
    "-a.com",
    "a-.com",
    "a_b.com",
    "example.com:",
    "example.com:0",
    "example.com:08",
    "example.com:65536",
    "example.com:http",
    "example.com:1:2",
    "1.2.3",
    "1.2.3.04",
    "1.2.3.256",
    "0x7f.1",
    "2130706433",
    "[::1",
    "::1",
    "[::01]",
    "[::A]",
    "[0:0:0:0:0:0:0:1]",
    "[1::2:0:0:0:3]",
    "[1:2:3:4:5:6:7]",
    "[::ffff:1.2.3.4]",
    "[fe80::1%eth0]",
    "[::1]8448",
    "exa mple.com",
    "exämple.com",
    "a".repeat(64) + ".com",
    ("a".repeat(60) + ".").repeat(4) + "com",
  ];
  for (const text of bad) assert.equal(parseServerName(text), undefined, text);
  assert.deepEqual(hostAndPortOf("example.com:8448" as ServerName), {
    host: "example.com",
    port: 8448,
  });
  assert.deepEqual(hostAndPortOf("[::1]:1" as ServerName), { host: "::1", port: 1 });
  assert.deepEqual(hostAndPortOf("[::1]" as ServerName), { host: "::1", port: undefined });
});

Deno.test("user ids: wire, parts, and how people type them", () => {
  const alice = parseUserId("@alice:example.com:8448");
  assert.ok(alice);
  assert.equal(localpartOf(alice), "alice");
  assert.equal(serverOf(alice), "example.com:8448");
  for (const typed of ["@alice@example.com", " alice@Example.com", "@alice:example.com"]) {
    assert.equal(parseTypedUserId(typed), "@alice:example.com");
  }
  const bad = ["", "@", "@:a.b", "@Alice:a.b", "alice:a.b", "@a", "@a:", "@a b:c.d", "@é:a.b"];
  for (const text of [...bad, `@${"a".repeat(65)}:a.b`, "@a:A.b"]) {
    assert.equal(parseUserId(text), undefined, text);
  }
});

Deno.test("ids of hashes and random bytes", () => {
  const hash = Uint8Array.from({ length: 32 }, (_, at) => at);
  const event = eventIdFromHash(hash);
  assert.equal(parseEventId(event), event);
  assert.deepEqual(hashOfEventId(event), hash);
  const room = roomIdFromHash(hash);
  assert.equal(parseRoomId(room), room);
  assert.equal(createEventIdOf(room), event);
  assert.deepEqual(hashOfRoomId(room), hash);
  assert.equal(parseEventId(room), undefined);
  assert.equal(parseRoomId(event), undefined);
  assert.equal(parseEventId(`$1${event.slice(1)}`), undefined);
  const channel = channelIdFromBytes(hash.subarray(0, 16));
  assert.equal(parseChannelId(channel), channel);
  assert.equal(parseChannelId("main"), MAIN_CHANNEL);
  assert.equal(parseChannelId("Main"), undefined);
  const key = keyIdFromHash(hash);
  assert.equal(parseKeyId(key), key);
  assert.equal(parseSignatureName(signatureName(key)), key);
  assert.equal(parseSignatureName(key), undefined);
  const server = "example.com" as ServerName;
  const uri = mediaUriFromBytes(server, hash.subarray(0, 16));
  assert.equal(parseMediaUri(uri), uri);
  assert.equal(serverOfMedia(uri), server);
  assert.equal(mediaIdOf(uri), channel);
  for (const text of ["mxc://", `mxc://example.com/${key}/`, `mxc:///${key}`, "http://a/b"]) {
    assert.equal(parseMediaUri(text), undefined, text);
  }
  for (const text of ["everyone", "", "a b", "é", "a".repeat(33)]) {
    assert.equal(parseRoleId(text), undefined, text);
  }
  assert.equal(parseRoleId("Mod1"), "Mod1");
});

Deno.test("what was refused stays refused, and what was proven stays so beyond what is remembered", () => {
  const first = eventIdFromHash(new Uint8Array(32).fill(255));
  const wrong = `${first}1`;
  const seen = fc.sample(bytes32, 5000).map((hash) => eventIdFromHash(hash));
  for (let round = 0; round < 2; round++) {
    assert.equal(parseEventId(first), first);
    assert.equal(parseEventId(wrong), undefined);
    for (const id of seen) assert.equal(parseEventId(id), id);
  }
  const channel = channelIdFromBytes(new Uint8Array(16).fill(7));
  const room = `!${first.slice(1)}`;
  for (let round = 0; round < 2; round++) {
    assert.equal(parseChannelId(channel), channel);
    assert.equal(parseChannelId(`${channel}11111111`), undefined);
    assert.equal(parseRoomId(room), room);
    assert.equal(parseRoomId(`${room}1`), undefined);
    assert.equal(parseRoomId(first), undefined);
  }
});

Deno.test("lists of ids sort by raw bytes, which is not the order of their text", () => {
  let differs = 0;
  fc.assert(fc.property(fc.array(bytes32, { maxLength: 8 }), (hashes) => {
    const ids = hashes.map(eventIdFromHash);
    const sorted = sortEventIds([...ids, ...ids]);
    assert.equal(new Set(ids).size, sorted.length);
    for (let at = 1; at < sorted.length; at++) {
      const [before, after] = [sorted[at - 1], sorted[at]].map((id) => hashOfEventId(id!));
      assert.ok(compareBytes(before!, after!) < 0);
    }
    if (sorted.join() !== [...sorted].sort().join()) differs++;
  }));
  assert.ok(differs > 0);
});
