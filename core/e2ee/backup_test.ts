import assert from "node:assert/strict";
import fc from "fast-check";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { eventIdFromHash } from "../ids/event_id.ts";
import { roomIdFromHash } from "../ids/room_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import { CountingRng } from "../../tests/harness/parts.ts";
import {
  type BackupHead,
  emptyHead,
  judgeHead,
  MAX_ENTRY_BYTES,
  newBackupKey,
  openChunk,
  sealChunk,
} from "./backup.ts";
import {
  ARCHIVED_KEY_BYTES,
  type BackupEntry,
  readEntries,
  writeEntries,
} from "./backup_entries.ts";
import { concat, framed, uint, utf8 } from "./bytes.ts";

const rng = new CountingRng();
const user = "@alice:example.com" as UserId;
const backupKey = newBackupKey(rng);

function archivedKeys(count: number): BackupEntry {
  const keys = Array.from({ length: count }, () => ({
    eventId: eventIdFromHash(rng.bytes(32)),
    nonce: rng.bytes(16),
    contentKey: rng.bytes(32),
    hash: rng.bytes(32),
    kind: (["message", "edit", "reaction"] as const)[count % 3] ?? "message",
  }));
  return { type: "keys", roomId: roomIdFromHash(rng.bytes(32)), keys };
}

const entries: BackupEntry[] = [
  archivedKeys(3),
  { type: "identity", secrets: { msk: rng.bytes(32), ssk: rng.bytes(32), usk: rng.bytes(32) } },
  {
    type: "pins",
    pins: [
      { user: "@bob:example.org" as UserId, msk: rng.bytes(32), verified: rng.bytes(64) },
      { user: "@eve:example.org" as UserId, msk: rng.bytes(32), verified: undefined },
    ],
  },
  archivedKeys(1),
];

function chainOf(length: number, version = 1) {
  const heads: BackupHead[] = [emptyHead(version)];
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < length; at++) {
    const after = heads[at] as BackupHead;
    const { chunk, head } = sealChunk({ user, backupKey, after }, [archivedKeys(at + 1)], rng);
    heads.push(head);
    chunks.push(chunk);
  }
  return { heads, chunks };
}

function reasonOf(
  chunk: Uint8Array,
  after: BackupHead,
  change: { user?: UserId; backupKey?: Uint8Array } = {},
): string {
  const result = openChunk({ user, backupKey, after, ...change }, chunk);
  return result.ok ? "opened" : result.reason;
}

Deno.test("a chunk gives its entries back, and the head that the sealer had", () => {
  const after = emptyHead(1);
  const { chunk, head } = sealChunk({ user, backupKey, after }, entries, rng);
  const opened = openChunk({ user, backupKey, after }, chunk);
  assert.ok(opened.ok);
  assert.deepEqual(opened.entries, entries);
  assert.deepEqual(opened.head, head);
  assert.deepEqual(head, { version: 1, seq: 1, hash: sha256(chunk) });
});

Deno.test("chunks open in their order alone", () => {
  const { heads, chunks } = chainOf(3);
  for (const [at, chunk] of chunks.entries()) {
    for (const [place, head] of heads.entries()) {
      assert.equal(reasonOf(chunk, head), place === at ? "opened" : "wrong_place");
    }
  }
});

Deno.test("a chunk of another version, user, key or history is refused", () => {
  const { heads, chunks } = chainOf(2);
  const [first, second] = chunks as [Uint8Array, Uint8Array];
  assert.equal(reasonOf(first, emptyHead(2)), "wrong_place");
  const eve = "@eve:example.com" as UserId;
  assert.equal(reasonOf(first, emptyHead(1), { user: eve }), "wrong_place");
  assert.equal(reasonOf(first, emptyHead(1), { backupKey: rng.bytes(32) }), "wrong_place");
  const other = chainOf(1).heads[1] as BackupHead;
  assert.equal(reasonOf(second, other), "wrong_place");
  assert.equal(reasonOf(second, heads[1] as BackupHead), "opened");
});

Deno.test("a changed, cut or foreign chunk is refused", () => {
  const { chunks } = chainOf(1);
  const chunk = chunks[0] as Uint8Array;
  for (let at = 1; at < chunk.length; at += 13) {
    const bytes = chunk.slice();
    bytes[at] = (bytes[at] as number) ^ 4;
    assert.equal(reasonOf(bytes, emptyHead(1)), "wrong_place");
  }
  assert.equal(reasonOf(chunk.subarray(0, -1), emptyHead(1)), "malformed");
  assert.equal(reasonOf(concat(chunk, new Uint8Array(1)), emptyHead(1)), "wrong_place");
  assert.equal(reasonOf(concat(uint(2, 1), chunk.subarray(1)), emptyHead(1)), "malformed");
  assert.equal(reasonOf(new Uint8Array(limits.e2ee.maxChunkBytes + 1), emptyHead(1)), "malformed");
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    assert.notEqual(reasonOf(bytes, emptyHead(1)), "opened");
  }));
});

Deno.test("padding and entries are checked inside the seal too", () => {
  const seal = (plain: Uint8Array) => {
    const nonce = rng.bytes(24);
    const key = hkdf(sha256, backupKey, undefined, utf8("openguild/backup-chunk/1"), 32);
    const place = [uint(1, 4), uint(1, 4), new Uint8Array(32)];
    const aad = framed("openguild/backup-chunk/1", user, ...place);
    return concat(uint(1, 1), nonce, xchacha20poly1305(key, nonce, aad).encrypt(plain));
  };
  const plain = (content: Uint8Array, size = 256) => {
    const bytes = new Uint8Array(size);
    bytes.set(concat(uint(content.length, 4), content));
    return bytes;
  };
  assert.equal(reasonOf(seal(plain(writeEntries(entries), 1024)), emptyHead(1)), "opened");
  assert.equal(reasonOf(seal(plain(new Uint8Array(0), 512)), emptyHead(1)), "bad_entries");
  assert.equal(reasonOf(seal(plain(Uint8Array.of(1, 0, 0, 0, 9))), emptyHead(1)), "bad_entries");
  const dirty = plain(new Uint8Array(0));
  dirty[255] = 1;
  assert.equal(reasonOf(seal(dirty), emptyHead(1)), "bad_entries");
  assert.equal(reasonOf(seal(new Uint8Array(256).fill(255)), emptyHead(1)), "bad_entries");
});

Deno.test("entries of later versions are left out, malformed ones refuse all", () => {
  const bytes = writeEntries(entries);
  const later = concat(Uint8Array.of(9, 0, 0, 0, 2, 7, 7), bytes);
  assert.deepEqual(readEntries(later), entries);
  const pin = concat(uint(18, 1), utf8("@bob:example.org!!"), new Uint8Array(33));
  const bad: [number, Uint8Array][] = [
    [1, new Uint8Array(31)],
    [1, new Uint8Array(32 + ARCHIVED_KEY_BYTES - 1)],
    [1, new Uint8Array(32 + ARCHIVED_KEY_BYTES)],
    [2, new Uint8Array(95)],
    [2, new Uint8Array(97)],
    [3, pin],
    [3, concat(uint(16, 1), utf8("@bob:example.org"), new Uint8Array(32), uint(2, 1))],
    [3, concat(uint(16, 1), utf8("@bob:example.org"), new Uint8Array(32), uint(1, 1))],
  ];
  for (const [tag, content] of bad) {
    const entry = concat(uint(tag, 1), uint(content.length, 4), content);
    assert.equal(readEntries(concat(bytes, entry)), undefined, `${tag} ${content.length}`);
  }
  assert.equal(readEntries(bytes.subarray(0, -1)), undefined);
  fc.assert(fc.property(fc.uint8Array(), (noise) => void readEntries(noise)));
});

Deno.test("a chunk holds thousands of keys, within what a server takes", () => {
  const most = Math.floor((MAX_ENTRY_BYTES - 5 - 32) / ARCHIVED_KEY_BYTES);
  const after = emptyHead(1);
  const { chunk } = sealChunk({ user, backupKey, after }, [archivedKeys(most)], rng);
  assert.ok(most > 2000 && chunk.length <= limits.e2ee.maxChunkBytes);
  assert.equal(reasonOf(chunk, after), "opened");
  const tooMany = [archivedKeys(most + 1)];
  assert.throws(() => sealChunk({ user, backupKey, after }, tooMany, rng), /at most/);
});

Deno.test("a rolled back, forked or replaced backup is told from one that went on", () => {
  const { heads } = chainOf(3);
  const [empty, one, two] = heads as [BackupHead, BackupHead, BackupHead];
  assert.equal(judgeHead(two, two), "same");
  assert.equal(judgeHead(one, two), "ahead");
  assert.equal(judgeHead(empty, two), "ahead");
  assert.equal(judgeHead(two, one), "rolled_back");
  assert.equal(judgeHead(two, empty), "rolled_back");
  assert.equal(judgeHead(two, chainOf(2).heads[2] as BackupHead), "forked");
  assert.equal(judgeHead(two, emptyHead(2)), "new_version");
  assert.equal(judgeHead(emptyHead(2), two), "rolled_back");
});
