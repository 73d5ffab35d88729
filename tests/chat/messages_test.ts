import assert from "node:assert/strict";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

Deno.test("messages: send, repeat, reply, edit, react, pin, page and delete", async (t) => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members;
  assert.ok(bob);
  const send = (body: string, more = {}) =>
    owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body, ...more });
  const page = async (query = "") =>
    (await bob.do("GET", `/rooms/${guildId}/messages?channel_id=${general}${query}`)).messages;

  await t.step("the same nonce again is the same message", async () => {
    const first = await send("once", { nonce: "n-1" });
    const [again, third] = await Promise.all([
      send("other text", { nonce: "n-1" }),
      send("other text", { nonce: "n-1" }),
    ]);
    assert.equal(again.id, first.id);
    assert.equal(third.id, first.id);
    assert.equal((await page()).length, 1);
    const { id: elsewhere } = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "elsewhere",
    });
    const more = { channel_id: elsewhere, nonce: "n-1" };
    const refused = [
      await owner.try("POST", `/rooms/${guildId}/send`, { ...more, body: "said elsewhere" }),
      await owner.try("POST", `/rooms/${guildId}/polls`, {
        ...more,
        question: "Here?",
        options: ["yes", "no"],
      }),
    ];
    for (const { status, body } of refused) {
      assert.equal(status, 400);
      assert.match(body.error.message, /The nonce "n-1" is that of a message in another channel/);
    }
  });

  await t.step("an edit keeps its history and nobody else can make one", async () => {
    const [message] = await page();
    const foreign = await bob.try("PATCH", `/rooms/${guildId}/messages/${message.id}`, {
      body: "mine now",
    });
    assert.equal(foreign.status, 403);
    await owner.do("PATCH", `/rooms/${guildId}/messages/${message.id}`, { body: "twice" });
    const shown = await bob.do("GET", `/rooms/${guildId}/messages/${message.id}`);
    assert.equal(shown.body, "twice");
    assert.deepEqual(shown.history.map((each: { body: string }) => each.body), ["once", "twice"]);
    assert.equal((await page()).length, 1, "an edit is no message of its own");
  });

  await t.step("replies quote, reactions count once a person, pins list", async () => {
    const [message] = await page();
    const reply = await send("and this", { reply_to: message.id });
    assert.equal(reply.reply_to.excerpt, "twice");
    for (const person of [owner, bob, bob]) {
      await person.do("POST", "/reactions", { room_id: guildId, event_id: reply.id, key: "👍" });
    }
    const reacted = (await page()).find((each: { id: string }) => each.id === reply.id);
    assert.deepEqual(
      reacted.reactions.map(({ key, count, me }: Record<string, unknown>) => [key, count, me]),
      [["👍", 2, true]],
    );
    const reactors = (person: typeof owner, query: string) =>
      person.try("GET", `/rooms/${guildId}/messages/${reply.id}/reactors?key=%F0%9F%91%8D${query}`);
    const first = (await reactors(bob, "&limit=1")).body;
    assert.deepEqual([first.users.map((each: { id: string }) => each.id), first.has_more], [
      [owner.id],
      true,
    ]);
    const rest = (await reactors(bob, `&after=${encodeURIComponent(owner.id)}`)).body;
    assert.deepEqual([rest.users.map((each: { id: string }) => each.id), rest.has_more], [
      [bob.id],
      false,
    ]);
    const removed = await bob.do("DELETE", "/reactions", {
      room_id: guildId,
      event_id: reply.id,
      key: "👍",
    });
    assert.equal(removed.reactions[0].count, 1);
    const pin = await bob.try("PUT", `/rooms/${guildId}/pins/${reply.id}`, { on: true });
    assert.equal(pin.status, 403, "pinning needs its right");
    await owner.do("PUT", `/rooms/${guildId}/pins/${reply.id}`, { on: true });
    const pins = await bob.do("GET", `/rooms/${guildId}/pins?channel_id=${general}`);
    assert.deepEqual(pins.messages.map((each: { id: string }) => each.id), [reply.id]);
  });

  await t.step("pages go both ways around a message", async () => {
    for (let n = 0; n < 25; n++) await send(`line ${n}`);
    const all = (await page("&limit=100")).map((each: { id: string }) => each.id);
    const middle = all[12];
    const before = await bob.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}&before=${
        encodeURIComponent(middle)
      }&limit=5`,
    );
    const after = await bob.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}&after=${
        encodeURIComponent(middle)
      }&limit=5`,
    );
    const around = await bob.do(
      "GET",
      `/rooms/${guildId}/messages?channel_id=${general}&around=${
        encodeURIComponent(middle)
      }&limit=10`,
    );
    const ids = (found: { messages: { id: string }[] }) => found.messages.map(({ id }) => id);
    assert.deepEqual(ids(before), all.slice(7, 12));
    assert.deepEqual(ids(after), all.slice(13, 18));
    assert.deepEqual(ids(around), all.slice(7, 17));
    assert.ok(before.has_before && after.has_after);
  });

  await t.step("a deletion leaves no byte of the text in the database", async () => {
    const secret = "zanzibar-4711-confidential";
    const message = await send(secret);
    await owner.do("PATCH", `/rooms/${guildId}/messages/${message.id}`, { body: `${secret} too` });
    const sql = connect({ url: server.databaseUrl, poolSize: 1, log: silentLog });
    const count = async () => {
      const [row] = await sql<{ n: number }[]>`
        select count(*)::int as n from events where pdu like ${`%${secret}%`}`;
      return row?.n;
    };
    assert.equal(await count(), 2, "planted: message and edit are there before");
    const foreign = await bob.try("POST", "/redact", {
      room_id: guildId,
      channel_id: general,
      event_ids: [message.id],
    });
    assert.equal(foreign.status, 403);
    await owner.do("POST", "/redact", {
      room_id: guildId,
      channel_id: general,
      event_ids: [message.id],
    });
    assert.equal(await count(), 0);
    assert.ok(!(await page("&limit=100")).some((each: { id: string }) => each.id === message.id));
    await sql.end();
  });

  await t.step("bad input is refused and changes nothing", async () => {
    const before = await page("&limit=100");
    for (
      const [body, status] of [
        [{ channel_id: general, body: "" }, 400],
        [{ channel_id: general, body: "x".repeat(4001) }, 400],
        [{ channel_id: general, body: "hi", reply_to: "$nope" }, 404],
        [{ channel_id: general, body: "hi", media: [{ uri: "http://example.org/x" }] }, 400],
        [{ channel_id: "nowhere", body: "hi" }, 404],
        [{ channel_id: general, body: "lone \ud800 surrogate" }, 400],
      ] as const
    ) {
      const answer = await owner.try("POST", `/rooms/${guildId}/send`, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.ok(answer.body.error.message.length > 10);
    }
    assert.deepEqual(await page("&limit=100"), before);
  });
});

Deno.test("slow mode holds people back and lets moderators through", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob"]);
  const [bob] = members;
  assert.ok(bob);
  await owner.do("PATCH", `/rooms/${guildId}/channels/${general}`, { slow_mode_s: 3600 });
  const send = { channel_id: general, body: "hi" };
  await bob.do("POST", `/rooms/${guildId}/send`, send);
  const second = await bob.try("POST", `/rooms/${guildId}/send`, send);
  assert.equal(second.status, 429);
  assert.equal(second.body.error.code, "slow_mode");
  assert.ok(second.body.error.details.retry_after_ms > 3_500_000);
  await owner.do("POST", `/rooms/${guildId}/send`, send);
  await owner.do("POST", `/rooms/${guildId}/send`, send);
});

Deno.test("mentions take effect only with the right, and count as unread on the server", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, cid] = members;
  assert.ok(bob && cid);
  const say = (person: typeof owner, body: string, more = {}) =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body, ...more });
  const stateOf = async (person: typeof owner) => {
    const { snapshot } = await person.do("GET", "/sync");
    const state = snapshot.read_states.find((each: { channel_id: string }) =>
      each.channel_id === general
    );
    return [state.unread, state.mentions];
  };
  assert.equal((await say(bob, "hey @everyone")).mentions.everyone, false);
  await say(bob, `psst <${cid.id}>`);
  await say(bob, `quiet <${cid.id}>`, { allowed_mentions: { users: [] } });
  assert.deepEqual(await stateOf(cid), [3, 1]);
  const last = await say(owner, "@everyone gather");
  assert.equal(last.mentions.everyone, true);
  assert.deepEqual(await stateOf(cid), [4, 2]);
  const read = await cid.do("POST", `/rooms/${guildId}/read`, {
    channel_id: general,
    event_id: last.id,
  });
  assert.deepEqual([read.unread, read.mentions], [0, 0]);
  assert.deepEqual(await stateOf(cid), [0, 0]);
  assert.deepEqual(await stateOf(bob), [1, 1], "one's own messages are never unread");
});
