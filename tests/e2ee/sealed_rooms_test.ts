import assert from "node:assert/strict";
import { GROUP_LIMITS } from "../../core/api/e2ee_groups.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { makeDistinct } from "../../server/backup/make_distinct.ts";
import { effectRows } from "../../server/services/messages/message_effects.ts";
import { leaveBehind } from "../../server/services/e2ee/after_restore.ts";
import { type CopiedGroup, copyFault } from "../../server/services/e2ee/group_copy.ts";
import { findGroup } from "../../server/services/e2ee/group_rows.ts";
import { hashReceipt } from "../../core/e2ee/receipt_chain.ts";
import { feedQuery } from "../../server/services/e2ee/sealed_feed.ts";
import { sweepGroups } from "../../server/services/e2ee/sweep_groups.ts";
import { systemRng } from "../../server/system/rng.ts";
import { openScenes, type Scene, talking } from "../harness/encrypted_scenes.ts";
import { bytesOf, GroupDevice } from "../harness/group_devices.ts";
import { PASSWORD, startHomeserver } from "../harness/homeserver.ts";
import { waitFor } from "../harness/wait_for.ts";

Deno.test("rooms with sealed messages", async (t) => {
  await using server = await startHomeserver({ settings: { "metrics.access": "public" } });
  const next = await openScenes(server);
  await t.step(
    "a private channel: its owner encrypts it, who is sent away stops everybody",
    async () => {
      await privateChannel(await next());
    },
  );
  await t.step("what another server sends unsealed is shown, and marked", async () => {
    await unsealed(await next());
  });
  await t.step("the feed of ten thousand is read by its own index, page by page", async () => {
    await longFeed(await next());
  });
  await t.step(
    "a restored server gives no package a second time; what is old is swept away",
    async () => {
      await retention(await next());
    },
  );
  await t.step(
    "a restored group is older than its devices: they come in again, in a new term",
    async () => {
      await restored(await next());
    },
  );
  await t.step(
    "a page without JavaScript says that a message is encrypted, and nothing of it",
    async () => {
      await page(await next());
    },
  );
  await t.step("failures are counted by reason, and too many changes are refused", async () => {
    await figures(await next());
  });
});

async function privateChannel(scene: Scene): Promise<void> {
  const { server, mls, guildId, owner, ann, bob, cay } = scene;
  const channel = await owner.do("POST", "/channels", {
    guild_id: guildId,
    name: "council",
    kind: "text",
    private: true,
  });
  const room = channel.room_id as string;
  assert.deepEqual([channel.encrypted, channel.may_encrypt], [false, true]);
  for (const person of [ann, bob]) {
    await owner.do("POST", "/invite", { room_id: room, user_id: person.id });
  }
  assert.equal((await ann.try("POST", `/rooms/${room}/encryption`)).status, 403);
  const indexed = async () =>
    (await server.parts.database.sql`
      select 1 from message_search where room_id = ${room}`).length;
  await owner.do("POST", `/rooms/${room}/send`, { body: "legible until then" });
  await waitFor("the index to have it", async () => await indexed() === 1);
  const { device: o } = await GroupDevice.first(mls, owner);
  const { device: a } = await GroupDevice.first(mls, ann);
  const { device: b } = await GroupDevice.first(mls, bob);
  for (const device of [a, b]) await device.upload(1);
  await o.found(room);
  await owner.do("POST", `/rooms/${room}/encryption`);
  await o.add(room, [a, b]);
  for (const device of [a, b]) await device.join();
  assert.equal((await b.say(room, await b.seal())).status, 200);
  const refused = await owner.try("GET", `/rooms/${room}/search?q=legible`);
  assert.equal(refused.body.error.code, "encrypted_room");
  await waitFor("the index to forget what the room said", async () => await indexed() === 0);
  const looked = await owner.do("GET", `/rooms/${guildId}/search?q=legible`);
  assert.deepEqual([looked.count, looked.encrypted_channels], [0, 1]);
  const shown = await ann.do("GET", `/rooms/${room}/channels/${MAIN_CHANNEL}`);
  assert.deepEqual([shown.encrypted, shown.may_encrypt], [true, false]);

  using listening = await ann.connect();
  await owner.do("DELETE", `/guilds/${guildId}/members/${encodeURIComponent(bob.id)}`, {});
  await listening.until((f) => f.op === "dispatch" && f.t === "group.wanted");
  assert.equal((await b.say(room, await b.seal())).status, 404);
  const paused = await a.say(room, await a.seal());
  assert.equal(paused.body.error.details.reason, "remove_pending");
  const { wanted } = await ann.do("GET", `/rooms/${room}/group`);
  assert.deepEqual(wanted.remove.map(({ user }: { user: string }) => user), [bob.id]);
  const removal = await a.commit({ remove: [wanted.remove[0].leaf] });
  assert.equal((await a.send(room, removal)).status, 200);
  assert.equal((await a.say(room, await a.seal())).status, 200);

  // Cay comes with more devices than a group holds.
  const { device: c } = await GroupDevice.first(mls, cay);
  const { sql } = server.parts.database;
  await sql`
    insert into sessions (session_id, user_id, kind, device_name, created_ts, last_used_ts, expires_ts)
    select s.session_id || n, s.user_id, s.kind, s.device_name, s.created_ts, s.last_used_ts,
      s.expires_ts
    from devices d join sessions s using (session_id), generate_series(1, ${GROUP_LIMITS.devices}) n
    where d.device_id = ${c.id}`;
  await sql`
    insert into devices (user_id, device_id, session_id, certificate, signature_key, name, created_ts)
    select d.user_id, 'many' || n, d.session_id || n, d.certificate, sha256(n::text::bytea), 'many',
      d.created_ts
    from devices d, generate_series(1, ${GROUP_LIMITS.devices}) n where d.device_id = ${c.id}`;
  const invited = await owner.try("POST", "/invite", { room_id: room, user_id: cay.id });
  assert.equal(invited.body.error.code, "limit_reached");
  assert.match(invited.body.error.message, /at most 500 devices, and with this there would be 503/);
}

/** As if it came from another server: past the client door. */
async function unsealed(scene: Scene): Promise<void> {
  const { server, room, a, ann, bob } = await talking(scene);
  const said = (await a.say(room, await a.seal())).body;
  const held = await server.parts.chat?.rooms.open(room as RoomId);
  assert.ok(held);
  const send = async (content: Record<string, string | Record<string, string>>) => {
    const type = "m.room.message";
    const sender = bob.id as UserId;
    const at = { roomId: held.id, channelId: MAIN_CHANNEL, sender, type, content };
    await held.sendTimeline(
      { type, sender, channelId: MAIN_CHANNEL, content },
      (placed) => ({ rows: effectRows({ ...at, ...placed }) }),
    );
  };
  await send({ msgtype: "text", body: "readable" });
  await send({ msgtype: "sealed", body: "", sealed: { v: "1" } }).then(
    () => assert.fail("malformed contents are built by nobody"),
    () => undefined,
  );
  const { messages } = await ann.do("GET", `/rooms/${room}/messages`);
  assert.deepEqual(
    messages.map(({ body, kind, unsealed: open }: Record<string, unknown>) => [body, kind, open]),
    [["", "sealed", undefined], ["readable", "text", true]],
  );
  assert.deepEqual(
    (await ann.do("GET", `/rooms/${room}/sealed`)).items.map((each: { event_id: string }) =>
      each.event_id
    ),
    [said.id],
  );
}

async function longFeed(scene: Scene): Promise<void> {
  const { server, room, a, ann } = await talking(scene);
  const { sql } = server.parts.database;
  const said = (await a.say(room, await a.seal())).body;
  // Copies of one event under other names: what is read is their places.
  await sql`
    insert into events (room_id, event_id, event_hash, type, channel_id, sender, origin_ts,
      timeline_order, writer_id, position, outcome, received_ts, pdu)
    select room_id, event_id || 'x' || n, sha256(n::text::bytea), type, channel_id, sender,
      origin_ts, timeline_order + n, writer_id, position, outcome, received_ts, pdu
    from events, generate_series(1, 9999) n where event_id = ${said.id}`;
  await sql`
    insert into sealed_events (room_id, event_id)
    select room_id, event_id from events
    where room_id = ${room} and type = 'm.room.message' and event_id <> ${said.id}
    order by timeline_order`;
  await sql`analyze events`;
  await sql`analyze sealed_events`;
  const query = feedQuery(sql, { roomId: room, after: 5000, limit: GROUP_LIMITS.sealedPage });
  const plan = (await sql<{ "QUERY PLAN": string }[]>`explain ${query}`)
    .map((row) => row["QUERY PLAN"]).join("\n");
  assert.match(plan, /sealed_events_pkey/);
  assert.doesNotMatch(plan, /Seq Scan/);
  let after = 0;
  const seen = new Set<string>();
  for (let pages = 0; pages < 25; pages++) {
    const page = await ann.do("GET", `/rooms/${room}/sealed?after=${after}`);
    for (const { event_id } of page.items) seen.add(event_id);
    if (!page.has_more) break;
    after = page.next;
  }
  assert.equal(seen.size, 10_000);
}

async function retention(scene: Scene): Promise<void> {
  const { server, mls, room, a, ann, annIs } = await talking(scene);
  const { database, chat } = server.parts;
  assert.ok(chat);
  const tablet = await GroupDevice.another(mls, ann, annIs);
  await tablet.upload(2, { lastResort: true });
  await a.claim(room, [tablet]);
  const count = async () => {
    const [row] = await database.sql<{ packages: number; claims: number; welcomes: number }[]>`
      select (select count(*)::int from mls_key_packages where device_id = ${tablet.id}) as packages,
        (select count(*)::int from mls_claims where device_id = ${tablet.id}) as claims,
        (select count(*)::int from mls_welcomes where device_id = ${tablet.id}) as welcomes`;
    return { ...row };
  };
  assert.deepEqual(await count(), { packages: 2, claims: 1, welcomes: 0 });
  await database.sql.begin(async (tx) => {
    await makeDistinct(tx, { clock: chat.clock, rng: systemRng });
    const [kept] = await tx<{ packages: number; last: boolean; claims: number }[]>`
      select count(*)::int as packages, bool_and(last_resort) as last,
        (select count(*)::int from mls_claims) as claims
      from mls_key_packages where device_id = ${tablet.id}`;
    assert.deepEqual({ ...kept }, { packages: 1, last: true, claims: 0 });
    throw new Error("kept as it was");
  }).catch((error) => assert.equal(error.message, "kept as it was"));
  await a.add(room, [tablet]);
  assert.deepEqual(await count(), { packages: 2, claims: 0, welcomes: 1 });
  const { sql } = database;
  await sweepGroups({ sql, clock: chat.clock });
  assert.deepEqual(await count(), { packages: 2, claims: 0, welcomes: 1 });
  const later = { ...chat.clock, now: () => Date.now() + 40 * 86_400_000 };
  await sweepGroups({ sql, clock: later });
  assert.deepEqual(await count(), { packages: 0, claims: 0, welcomes: 0 });
  const old = await ann.do("GET", `/rooms/${room}/group/commits?after_epoch=-1`);
  assert.deepEqual([old.commits, old.gone], [[], true]);
  const group = await ann.do("GET", `/rooms/${room}/group`);
  assert.deepEqual([group.epoch, group.leaves.length], [2, 3], "the group itself stays");
}

async function restored(scene: Scene): Promise<void> {
  const { server, room, a, b, ann } = await talking(scene);
  const { sql } = server.parts.database;
  const [held] = await sql<{ group_id: string; row: string }[]>`
    select group_id, to_json(g)::text as row from mls_groups g where room_id = ${room}`;
  assert.ok(held);
  const before = await ann.do("GET", `/rooms/${room}/group`);
  for (let changes = 0; changes < 2; changes++) await a.send(room, await a.commit());
  const unsent = await a.seal();
  await sql.begin(async (tx) => {
    await tx`
      update mls_groups g set epoch = o.epoch, group_info = o.group_info, receipt = o.receipt,
        receipt_hash = o.receipt_hash
      from json_populate_record(null::mls_groups, ${held.row}::text::json) o
      where g.group_id = o.group_id`;
    await tx`
      delete from mls_commits where group_id = ${held.group_id} and base_epoch >= ${before.epoch}`;
    await leaveBehind(tx);
  });
  assert.equal((await a.say(room, unsent)).body.error.details.reason, "old_epoch");
  const late = await a.send(room, await a.commit());
  assert.deepEqual(
    [late.body.error.code, late.body.error.details.gone, late.body.error.details.epoch],
    ["stale_epoch", true, before.epoch],
  );
  const back = await a.send(room, await a.externalJoin(room, { resync: true }), { external: true });
  const { receipt } = back.body;
  assert.deepEqual([receipt.term, receipt.base_epoch, receipt.prev_receipt], [
    before.term + 1,
    before.epoch,
    hashReceipt(before.receipt),
  ]);
  await b.catchUp(room);
  assert.equal((await b.say(room, await b.seal())).status, 200);
  assert.equal(base64Of(a.group.authenticator), base64Of(b.group.authenticator));

  // Another server, whose copy is of the epochs that were given out before.
  const now = await ann.do("GET", `/rooms/${room}/group`);
  const { commits } = await ann.do(
    "GET",
    `/rooms/${room}/group/commits?after_epoch=${before.epoch - 1}`,
  );
  const copy: CopiedGroup = {
    roomId: room as RoomId,
    sequencer: now.sequencer,
    orders: [{ sequencer: now.sequencer, term: 0, epoch: -1 }],
    takeovers: [],
    groupId: now.group_id,
    term: now.term,
    epoch: now.epoch,
    groupInfo: bytesOf(now.group_info),
    receipt: now.receipt,
    commits,
  };
  const row = await findGroup(sql, room as RoomId);
  assert.ok(row);
  const ahead = { ...row, term: before.term, epoch: before.epoch + 2, receipt_hash: "another" };
  assert.equal(await copyFault(ahead, copy, false), undefined);
  assert.equal(await copyFault({ ...ahead, term: now.term }, copy, false), "out_of_order");
  assert.equal(await copyFault({ ...ahead, term: now.term + 1 }, copy, false), "other_term");
}

async function page(scene: Scene): Promise<void> {
  const { server, room, a, ann } = await talking(scene);
  await a.say(room, await a.seal());
  const login = await fetch(`${server.url}/client/v1/login`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ user_name: ann.id, password: PASSWORD, transport: "cookie" }),
  });
  await login.body?.cancel();
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const shown = await fetch(`${server.url}/dm/${encodeURIComponent(room)}`, {
    headers: { cookie, accept: "text/html" },
  });
  const html = await shown.text();
  assert.equal(shown.status, 200);
  assert.match(html, /<noscript><p class="msg-sealed faint">Encrypted message<\/p><\/noscript>/);
}

async function figures(scene: Scene): Promise<void> {
  const { server, room, a, ann } = await talking(scene);
  await ann.do("POST", "/encryption/failures", {
    failures: [{ reason: "past_epoch", count: 3 }, { reason: "not_genuine", count: 1 }],
  });
  const refused = await ann.try("POST", "/encryption/failures", {
    failures: [{ reason: "what @bob said", count: 1 }],
  });
  assert.equal(refused.body.error.code, "invalid");
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, /openguild_encryption_failures[^\n]*reason="past_epoch"[^\n]* 3/);

  let code: string | undefined;
  for (let changes = 0; changes < 40 && code === undefined; changes++) {
    const { status, body } = await a.send(room, await a.commit());
    if (status !== 200) code = body.error.code;
  }
  assert.equal(code, "rate_limited");
  assert.ok(base64Of(a.group.authenticator).length > 0);
}
