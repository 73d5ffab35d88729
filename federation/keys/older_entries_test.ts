/** Entries that a full document lists no more, asked for by id. PROTOCOL.md 8. */
import assert from "node:assert/strict";
import { signKeyDocument } from "../../core/keys/key_document.ts";
import { limits } from "../../core/limits.ts";
import { serverName, TEST_TS } from "../../tests/harness/events.ts";
import { encodeDocument, KeyWorldServer, type WorldKey } from "../../tests/harness/key_world.ts";
import { type KeyReader, openKeyReader } from "../../tests/harness/key_reader.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { keyNameText } from "../ports.ts";

const DAY = 24 * 3_600_000;
const IN_DOCUMENT = limits.keys.maxEntriesInDocument;
const AT_ONCE = limits.keys.maxEntriesInExcerpt;

/** A server of so many weekly keys, and a reader of today that never met it. */
async function oldServer(reader: KeyReader, weeks: number) {
  const one = new KeyWorldServer(serverName("one.test"), seededRng(21));
  const startMs = reader.clock.now();
  for (let week = 0; week < weeks; week++) await one.tick(startMs + week * 7 * DAY);
  reader.clock.advance((weeks - 1) * 7 * DAY);
  reader.answer = () => one.document(reader.clock.now());
  reader.excerpt = (_server, keyIds) => one.excerpt(keyIds, reader.clock.now());
  return one;
}

async function isHeld({ ring }: KeyReader, { name, entry }: WorldKey): Promise<boolean> {
  const found = (await ring.obtain([name])).get(keyNameText(name));
  if (found !== undefined) assert.deepEqual(found, entry);
  return found !== undefined;
}

Deno.test("what a full document lists no more is asked for by id, once, and counts like what is listed", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = await oldServer(reader, IN_DOCUMENT + 30);
  const [first, second] = one.keys as [WorldKey, WorldKey];
  const found = await Promise.all(Array.from({ length: 20 }, () => isHeld(reader, first)));
  assert(found.every((held) => held));
  assert.deepEqual(reader.excerpts, [[first.name.keyId]]);
  assert.match(await reader.ring.refusal(first.name, reader.clock.now()) ?? "", /retired/);
  assert.deepEqual(await reader.ring.words([first.name]), [
    { server: one.name, key_id: first.name.keyId, word: "own" },
  ]);

  one.revoke(second, reader.clock.now());
  assert(await isHeld(reader, second));
  assert.match(await reader.ring.refusal(second.name, reader.clock.now()) ?? "", /revoked/);

  // What is listed needs no such question, and many are asked for in bounded ones.
  assert(await isHeld(reader, one.keys.at(-1) as WorldKey));
  assert.equal(reader.excerpts.length, 2);
});

Deno.test("more than one excerpt holds are asked for in several", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = await oldServer(reader, IN_DOCUMENT + 2 * AT_ONCE + 20);
  const old = one.keys.slice(0, 2 * AT_ONCE + 10);
  const held = await reader.ring.obtain(old.map(({ name }) => name));
  assert.equal(held.size, old.length);
  assert.deepEqual(reader.excerpts.map((ids) => ids.length), [AT_ONCE, AT_ONCE, 10]);
});

Deno.test("a document that is not full says all there is", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = await oldServer(reader, 3);
  const other = new KeyWorldServer(one.name, seededRng(22));
  assert.equal(await isHeld(reader, await other.tick(TEST_TS)), false);
  assert.deepEqual(reader.excerpts, []);
});

Deno.test("what the server does not have is asked for again ever later", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = await oldServer(reader, IN_DOCUMENT + 5);
  const invented = await new KeyWorldServer(one.name, seededRng(23)).tick(TEST_TS);
  for (let second = 0; second < 600; second++) {
    assert.equal(await isHeld(reader, invented), false);
    reader.clock.advance(1000);
  }
  // After 2, 4, 8, ... seconds.
  assert(reader.excerpts.length <= 10, `${reader.excerpts.length} questions`);
  // Meanwhile others are asked for as ever.
  assert(await isHeld(reader, one.keys[0] as WorldKey));
});

Deno.test("an excerpt counts when signed, as one, by a key of the document", async () => {
  await using database = await freshDatabase();
  const reader = openKeyReader(database.sql);
  const one = await oldServer(reader, IN_DOCUMENT + 10);
  const first = one.keys[0] as WorldKey;
  const nowMs = reader.clock.now();
  const draft = {
    server: one.name,
    seq: 1,
    created_ts: nowMs,
    keys: [first.entry],
    revoked: [],
  };
  const current = await one.tick(nowMs);
  const stranger = await new KeyWorldServer(one.name, seededRng(24)).tick(nowMs);
  const withStranger = { ...draft, keys: [first.entry, stranger.entry] };
  const lies = [
    // By a key that no document lists, though the excerpt does.
    () => encodeDocument(withStranger, stranger.signer, "keyexcerpt"),
    // By one that is listed, of a time that is over.
    () => encodeDocument(draft, (one.keys[20] as WorldKey).signer, "keyexcerpt"),
    // A document is no excerpt.
    () => encodeDocument(draft, current.signer),
    () =>
      encodeDocument({ ...draft, server: serverName("two.test") }, current.signer, "keyexcerpt"),
    async () => {
      const signed = await signKeyDocument({ ...draft, keys: [] }, [current.signer], "keyexcerpt");
      return new TextEncoder().encode(JSON.stringify({ ...signed, keys: draft.keys }));
    },
    () => Promise.resolve(new TextEncoder().encode("{}")),
  ];
  for (const [at, lie] of lies.entries()) {
    reader.excerpt = lie;
    assert.equal(await isHeld(reader, first), false, `lie ${at}`);
    reader.clock.advance(601_000);
  }
  assert.equal(reader.excerpts.length, lies.length);
  reader.excerpt = () => encodeDocument(draft, current.signer, "keyexcerpt");
  assert(await isHeld(reader, first));
});
