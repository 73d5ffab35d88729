/** What somebody had taken away is gone on every server that held it, and each one says so. */
import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { erasureOrderBytes, erasureReceiptBytes } from "../../core/event/erasure.ts";
import { decodeSignature, encodeSignature } from "../../core/event/sign.ts";
import { StrictVerifier } from "../../core/event/verify.ts";
import { decodePublicKey, type KeyEntry } from "../../core/keys/key_entry.ts";
import { eraseHandler } from "../../federation/handle/erase.ts";
import { keyNameText } from "../../federation/ports.ts";
import { connect } from "../../server/postgres/connect.ts";
import { loadEvents } from "../../server/postgres/event_store.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { StoredEraser } from "../../server/federation/eraser.ts";
import { silentLog } from "../../server/system/log.ts";
import { askedBy } from "../harness/asked_by.ts";
import { serverName, testServer, userId } from "../harness/events.ts";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { openRoomWorld } from "../harness/room_world.ts";
import { waitFor } from "../harness/wait_for.ts";

const WAIT_MS = 120_000;
const CANARY = "nobody shall ever read this again";

async function countCanaries(databaseUrl: string): Promise<number> {
  return await withSql(databaseUrl, async (sql) => {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from events where strpos(pdu, ${CANARY}) > 0`;
    return row?.n ?? -1;
  });
}

/** Waits until the index of the search has a word in so many messages. */
async function indexed(databaseUrl: string, word: string, count: number): Promise<void> {
  await withSql(
    databaseUrl,
    (sql) =>
      waitFor(`the index to have ${word} ${count} times`, async () => {
        const rows = await sql`select 1 from message_search where words @@ ${word}::tsquery`;
        return rows.length === count;
      }, WAIT_MS),
  );
}

async function withSql<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect({ url, poolSize: 1, log: silentLog });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

Deno.test("an erasure reaches every server that was with one in a room", async () => {
  await using federation = await startServers(2);
  const [one, two] = federation.servers;
  assert.ok(one && two);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const ada = await two.register("ada");
  const own = await ada.do("POST", "/guilds", { name: "For links" });
  const bea = await two.register(
    "bea",
    (await ada.do("POST", "/invites", { guild_id: own.id })).code,
  );
  await bea.do("POST", "/join", { link: `${code}@one.test` });
  await waitFor(
    "the guild to be checked",
    async () => (await bea.do("GET", `/guilds/${guildId}`)).checking === null,
    WAIT_MS,
  );
  const send = (person: Person, body: string) =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  for (let n = 0; n < 5; n++) await send(bea, `${CANARY} ${n}`);
  await send(owner, "an answer");
  const bodies = async (person: Person) => {
    const page = await person.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    return page.messages.map(({ body }: { body: string }) => body);
  };
  await waitFor("all of it", async () => (await bodies(owner)).length === 6, WAIT_MS);
  assert.equal(await countCanaries(one.databaseUrl), 5, "the search finds what is there");

  const found = async (person: Person, words: string): Promise<string[]> => {
    const page = await person.do("GET", `/rooms/${guildId}/search?q=${encodeURIComponent(words)}`);
    return page.messages.map(({ body }: { body: string }) => body);
  };
  const finds = (person: Person, words: string, count: number) =>
    waitFor(`${count} with ${words}`, async () => (await found(person, words)).length === count);
  // What came from the other server is found as what was said here, and so are its changes.
  for (const person of [owner, bea]) await finds(person, '"ever read this"', 5);
  const { id } = await send(owner, "first thought");
  await finds(bea, "first thought", 1);
  await owner.do("PATCH", `/rooms/${guildId}/messages/${id}`, { body: "second mind" });
  await finds(bea, "second mind", 1);
  assert.deepEqual(await found(bea, "first thought"), []);
  await owner.do("POST", "/redact", { room_id: guildId, channel_id: general, event_ids: [id] });
  await finds(bea, "second mind", 0);
  for (const { databaseUrl } of federation.servers) await indexed(databaseUrl, "second", 0);

  federation.cut(0, 1);
  await bea.do("POST", "/account/confirm", { password: "a long enough passphrase, truly 42" });
  const ordered = await bea.do("POST", "/account/erasures", {});
  assert.deepEqual(ordered.servers.map(({ server }: { server: string }) => server), [
    "one.test",
    "two.test",
  ]);
  assert.equal((await bea.try("POST", "/account/erasures", {})).status, 429);
  const receipts = async () => {
    const { erasures } = await bea.do("GET", "/account/erasures");
    return Object.fromEntries(
      erasures[0].servers.map((
        each: { server: string; state: string; erased: number | null; error: string | null },
      ) => [each.server, [each.state, each.erased, each.error]]),
    );
  };
  await waitFor(
    "our own part",
    async () => (await receipts())["two.test"]?.[0] === "done",
    WAIT_MS,
  );
  assert.deepEqual((await receipts())["two.test"], ["done", 5, null]);
  assert.deepEqual(await bodies(bea), ["an answer"]);
  assert.equal(await countCanaries(two.databaseUrl), 0);
  await indexed(two.databaseUrl, "ever", 0);
  await indexed(one.databaseUrl, "ever", 5);
  await waitFor(
    "the word that one is away",
    async () => (await receipts())["one.test"]?.[2] !== null,
    WAIT_MS,
  );
  assert.equal((await receipts())["one.test"]?.[0], "pending");

  await federation.stop(1);
  const again = await federation.start(1);
  federation.heal(0, 1);
  // The pause after a failure is long; a server that speaks is there.
  await send(owner, "good morning");
  await waitFor("one to be done", async () => {
    const rows = await withSql(
      again.databaseUrl,
      (sql) =>
        sql`select erased, signature from erasure_receipts
          where server = 'one.test' and state = 'done'`,
    );
    return rows.length === 1 && rows[0]?.["erased"] === 5 && rows[0]?.["signature"] !== null;
  }, WAIT_MS);
  assert.equal(await countCanaries(one.databaseUrl), 0);
  await indexed(one.databaseUrl, "ever", 0);
  assert.deepEqual(await bodies(owner), ["an answer", "good morning"]);

  // Whoever ends their account keeps a link to what becomes of it, asked for a moment ago or not.
  await send(bea, `${CANARY} at the end`);
  await waitFor("it", async () => (await bodies(owner)).length === 3, WAIT_MS);
  await bea.do("POST", "/account/confirm", { password: "a long enough passphrase, truly 42" });
  const end = { user_name: "bea", erase: true };
  const { receipts_url: url } = await bea.do("POST", "/account/deactivate", end);
  const token = new URL(url).pathname.split("/").at(-1) ?? "";
  const look = async (shown: string) => {
    const answer = await fetch(`${two.url}/client/v1/erasures/${shown}`);
    return { status: answer.status, body: await answer.json() };
  };
  assert.equal((await bea.try("GET", "/account/erasures")).status, 401);
  await waitFor("both servers' receipts", async () => {
    const { body: { erasures: [last] } } = await look(token);
    return last.servers.length === 2 &&
      last.servers.every(({ state }: { state: string }) => state === "done");
  }, WAIT_MS);
  assert.equal((await look(token.replace(/.$/, "!"))).status, 404);
  assert.deepEqual(await bodies(owner), ["an answer", "good morning"]);

  // An account that may not end has nothing erased.
  await ada.do("POST", "/account/confirm", { password: "a long enough passphrase, truly 42" });
  const kept = await ada.try("POST", "/account/deactivate", { user_name: "ada", erase: true });
  assert.equal(kept.status, 409);
  assert.deepEqual((await ada.do("GET", "/account/erasures")).erasures, []);
});

Deno.test("only a user's own server orders, each order once; a late copy goes too", async () => {
  await using world = await openRoomWorld();
  const two = testServer("two.test", 5);
  const three = testServer("three.test", 6);
  const one = testServer("one.test", 7);
  const olga = userId("@olga:one.test");
  const ann = userId("@ann:two.test");
  const { room, general } = await world.guild(olga);
  await world.change(room, olga, ["m.room.member", ann, { membership: "invite" }]);
  await world.change(room, ann, ["m.room.member", ann, { membership: "join" }]);
  const said = { sender: ann, channelId: general, body: CANARY };
  for (let n = 0; n < 3; n++) await world.say(room, said);
  await world.say(room, { ...said, sender: olga });
  await world.change(room, ann, ["m.room.member", ann, { membership: "leave" }]);

  using eraser = await StoredEraser.open({
    ...world,
    self: serverName("one.test"),
    log: silentLog,
  });
  const entries = new Map<string, KeyEntry>([one, two, three].map(({ entry, signer }) => [
    keyNameText({ server: entry.server, keyId: signer.keyId }),
    entry,
  ]));
  const verifier = new StrictVerifier();
  let revoked = false;
  const handler = eraseHandler({
    eraser,
    verifier,
    keys: {
      obtain: () => Promise.resolve(entries),
      refusal: () => Promise.resolve(revoked ? "revoked" : undefined),
    },
    signer: { current: () => Promise.resolve(one.signer) },
    clock: world.clock,
  });
  const order = async (
    fields: Partial<{ user: string; before_ts: number; seq: number; by: typeof two }>,
    lie: object = {},
  ) => {
    const { by = two, ...rest } = fields;
    const plain = { user: ann, before_ts: world.clock.now() + 1, seq: 3, ...rest };
    const bytes = erasureOrderBytes(plain as Parameters<typeof erasureOrderBytes>[0]);
    const value = encodeSignature(await by.signer.sign(bytes));
    return { ...plain, signature: { key_id: by.signer.keyId, value }, ...lie };
  };
  const held = async () =>
    (await world.sql<{ n: number }[]>`
      select count(*)::int as n from events where strpos(pdu, ${CANARY}) > 0`)[0]?.n;
  const refused = async (origin: string, request: Awaited<ReturnType<typeof order>>) => {
    const asked = askedBy(serverName(origin));
    await assert.rejects(handler.answer(asked, request), OperationError);
    assert.equal(await held(), 4);
  };
  await refused("three.test", await order({ by: three }));
  await refused("two.test", await order({ by: three }));
  await refused("two.test", await order({ user: olga }));
  await refused("two.test", await order({}, { seq: 4 }));
  await refused("two.test", await order({}, { before_ts: 1 }));
  await refused("two.test", await order({}, { rooms: [room.id] }));
  await refused("two.test", await order({ before_ts: world.clock.now() + 3_600_000 }));
  revoked = true;
  await refused("two.test", await order({}));
  revoked = false;

  const asked = askedBy(serverName("two.test"));
  const receipt = await handler.answer(asked, await order({}));
  assert.equal(receipt.erased, 3);
  assert.equal(await held(), 1, "what others wrote stays");
  const key = decodePublicKey(one.entry.key);
  const signature = decodeSignature(receipt.signature.value);
  assert.ok(key && signature);
  const bytes = erasureReceiptBytes({ ...receipt, user: ann });
  assert.ok(await verifier.verify({ key, signature, message: bytes }));
  const repeated = await handler.answer(asked, await order({}));
  assert.deepEqual([repeated.erased, repeated.done_ts], [3, receipt.done_ts]);
  await assert.rejects(handler.answer(asked, await order({ seq: 2 })), OperationError);

  world.clock.advance(-60_000);
  const late = await world.store(room, { ...said, outcome: "accepted" });
  assert.equal(await held(), 2);
  eraser.take({ events: await loadEvents(world.sql, room.id, [late.id]) });
  await waitFor("the late copy to go", async () => await held() === 1);
});
