/** A server of more keys than its document lists, asked by another over real sockets. PROTOCOL.md 8. */
import assert from "node:assert/strict";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { keyNameText } from "../../federation/ports.ts";
import { storeKeyEntry } from "../../server/keys/key_entries.ts";
import { type FederatedServer, startServers } from "../harness/federated.ts";
import { makeKey } from "../harness/key_world.ts";
import { seededRng } from "../harness/seeded_rng.ts";

const WEEK = 7 * 24 * 3_600_000;
const MAX = limits.keys.maxEntriesInExcerpt;

Deno.test("a server gives its oldest keys to whoever names them, and another learns them so", async (t) => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers as [FederatedServer, FederatedServer];
  const name = parseServerName(one.name) as ServerName;
  const rng = seededRng(31);
  const nowMs = Date.now();
  const past = await Promise.all(
    Array.from({ length: limits.keys.maxEntriesInDocument + 40 }, (_, at) => {
      const from = nowMs - (at + 2) * WEEK;
      return makeKey(name, { from, until: from + 2 * WEEK }, { seed: rng.bytes(32) });
    }),
  );
  for (const { entry } of past) await storeKeyEntry(one.parts.database.sql, entry, { nowMs });
  const oldest = past.slice(-10);
  const read = async (query: string) => {
    const answer = await fetch(`${one.url}/.well-known/openguild/keys${query}`);
    return { status: answer.status, body: await answer.json() };
  };
  const idsOf = (list: typeof past) => list.map((key) => `key_id=${key.name.keyId}`).join("&");

  await t.step("its document lists the newest, an excerpt what was asked for", async () => {
    const { body: document } = await read("");
    assert.equal(document.keys.length, limits.keys.maxEntriesInDocument);
    const { status, body } = await read(`?${idsOf(oldest)}&${idsOf(oldest)}`);
    assert.equal(status, 200);
    assert.deepEqual(body.keys, oldest.map(({ entry }) => entry));
    const unknown = await makeKey(name, { from: nowMs, until: nowMs + WEEK }, {
      seed: rng.bytes(32),
    });
    assert.deepEqual((await read(`?${idsOf([unknown])}`)).body.keys, []);
  });

  await t.step("too many, or what is no id, is refused with a reason", async () => {
    const many = await read(`?${idsOf(past.slice(0, MAX + 1))}`);
    assert.equal(many.status, 400);
    assert.match(many.body.error.message, new RegExp(`${MAX + 1} times.*at most ${MAX}`));
    const none = await read("?key_id=nothing");
    assert.equal(none.status, 400);
    assert.match(none.body.error.message, /"nothing" is no key id/);
  });

  await t.step("another server learns them, and keeps them", async () => {
    const ring = two.parts.federation?.keyRing;
    assert.ok(ring);
    const names = oldest.map((key) => key.name);
    const found = await ring.obtain(names);
    assert.deepEqual(
      names.map((each) => found.get(keyNameText(each))),
      oldest.map(({ entry }) => entry),
    );
    const held = await two.parts.database.sql<{ listed: boolean }[]>`
      select listed from key_entries where server = ${name}
        and key_id = any(${names.map(({ keyId }) => keyId)})`;
    assert.equal(held.length, names.length);
    assert(held.every(({ listed }) => listed));
  });
});
