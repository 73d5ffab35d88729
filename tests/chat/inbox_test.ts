import assert from "node:assert/strict";
import type { ReadState } from "../../core/api/channel.ts";
import { makeGuild, startHomeserver } from "../harness/homeserver.ts";

const PATH = "/account/mentions";

Deno.test("the inbox has what mentions somebody wherever he may read at that moment", async (t) => {
  await using server = await startHomeserver();
  const { owner, members: [bob, cat], guildId, general } = await makeGuild(server, [
    "ann",
    "bob",
    "cat",
  ]);
  assert.ok(bob && cat);
  const say = async (who: typeof owner, body: string, more: object = {}): Promise<string> =>
    (await who.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body, ...more })).id;
  const bodies = async (query = ""): Promise<string[]> =>
    (await bob.do("GET", `${PATH}${query}`)).messages.map(({ body }: { body: string }) => body);
  const side = await owner.do("POST", "/guilds", { name: "Orchard" });
  const gate = side.channels.find(({ kind }: { kind: string }) => kind === "text").id;
  const invite = await owner.do("POST", "/invites", { guild_id: side.id });
  const before = await owner.do("POST", `/rooms/${side.id}/send`, {
    channel_id: gate,
    body: "@everyone before he came",
  });
  assert.equal(before.mentions.everyone, true);
  await bob.do("POST", `/invites/${invite.code}/accept`, {});

  await t.step(
    "by name, role, @everyone and as an answer; of all places, the newest first",
    async () => {
      assert.deepEqual(await bodies(), []);
      const { id: role } = await owner.do("POST", "/roles", { guild_id: guildId, name: "smiths" });
      await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles: [role] });
      await say(owner, `<${bob.id}> named`);
      await say(owner, `<&${role}> by role`);
      await say(owner, "no mention at all");
      await owner.do("POST", `/rooms/${side.id}/send`, {
        channel_id: gate,
        body: "@everyone here",
      });
      const own = await say(bob, "what do you think, @everyone?");
      await say(cat, "an answer", { reply_to: own });
      await say(cat, `<${owner.id}> for somebody else`);
      const dm = await owner.do("POST", "/dms", { user_id: bob.id });
      await bob.do("POST", `/rooms/${dm.room_id}/join`, {});
      await owner.do("POST", `/rooms/${dm.room_id}/send`, { body: `<${bob.id}> between us` });
      assert.deepEqual(await bodies(), [
        `<${bob.id}> between us`,
        "an answer",
        "@everyone here",
        `<&${role}> by role`,
        `<${bob.id}> named`,
      ]);
      const { messages } = await bob.do("GET", PATH);
      assert.ok(messages.every((each: { mentions_me: boolean }) => each.mentions_me));
      assert.equal(messages[1].reply_to.excerpt, "what do you think, @everyone?");
    },
  );

  await t.step("a page at a time, each message once; a cursor of nobody's is refused", async () => {
    const all = await bodies();
    const found: string[] = [];
    let next: string | null = null;
    do {
      const cursor: string = next === null ? "" : `&cursor=${encodeURIComponent(next)}`;
      const page = await bob.do("GET", `${PATH}?limit=2${cursor}`);
      assert.ok(page.messages.length <= 2);
      found.push(...page.messages.map(({ body }: { body: string }) => body));
      next = page.next;
    } while (next !== null);
    assert.deepEqual(found, all);
    for (const cursor of ["x", "1.nothing", "zzzzzzzzzzz.$x"]) {
      const { status, body } = await bob.try("GET", `${PATH}?cursor=${encodeURIComponent(cursor)}`);
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(body.error.message, /cursor/);
    }
  });

  await t.step("as many of a channel's are new as its read state counts", async () => {
    const { snapshot } = await bob.do("GET", "/sync");
    const here = snapshot.read_states.find((read: ReadState) => read.channel_id === general);
    const { messages } = await bob.do("GET", PATH);
    const ofChannel = messages.filter((each: { channel_id: string }) =>
      each.channel_id === general
    );
    assert.equal(here.mentions, ofChannel.length);
    const read = await bob.do("POST", `/rooms/${guildId}/read`, {
      channel_id: general,
      event_id: ofChannel[1].id,
    });
    assert.equal(read.mentions, 1, "the newest one is left");
  });

  await t.step(
    "what is silent for him, was deleted or is of a blocked person is not there",
    async () => {
      await bob.do("PATCH", "/account/notifications", {
        room_id: side.id,
        channel_id: null,
        suppress_everyone: true,
      });
      assert.ok(!(await bodies()).includes("@everyone here"));
      await bob.do("PUT", `/blocks/${cat.id}`, {});
      assert.ok(!(await bodies()).includes("an answer"));
      const gone = await say(owner, `<${bob.id}> gone soon`);
      assert.equal((await bodies())[0], `<${bob.id}> gone soon`);
      await owner.do("POST", "/redact", {
        room_id: guildId,
        channel_id: general,
        event_ids: [gone],
      });
      assert.equal((await bodies())[0], `<${bob.id}> between us`);
    },
  );

  await t.step(
    "a channel that is hidden from him takes its mentions with it, a guild too",
    async () => {
      const den = await owner.do("POST", "/channels", {
        guild_id: guildId,
        kind: "text",
        name: "den",
      });
      await owner.do("POST", `/rooms/${guildId}/send`, {
        channel_id: den.id,
        body: `<${bob.id}> in the den`,
      });
      assert.equal((await bodies())[0], `<${bob.id}> in the den`);
      await owner.do("PATCH", `/rooms/${guildId}/channels/${den.id}`, {
        entries: [{ target: "everyone", allow: "0", deny: "1" }],
      });
      assert.equal((await bodies())[0], `<${bob.id}> between us`);
      await owner.do("DELETE", `/guilds/${guildId}/members/${bob.id}`, {});
      assert.deepEqual(await bodies(), [`<${bob.id}> between us`]);
    },
  );

  await t.step("what is made new again from the beginning begins where he came", async () => {
    await bob.do("POST", "/account/notifications/reset", { room_id: side.id, channel_id: null });
    const mark = (event_id: string | null) =>
      bob.do("POST", `/rooms/${side.id}/read`, { channel_id: gate, event_id, back: true });
    const { messages } = await bob.do("GET", `/rooms/${side.id}/messages?channel_id=${gate}`);
    const read = await mark(messages.at(-1).id);
    assert.deepEqual([read.unread, read.mentions], [0, 0]);
    const back = await mark(null);
    assert.deepEqual([back.unread, back.mentions, back.last_read_id], [1, 1, null]);
  });
});
