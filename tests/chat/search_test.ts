import assert from "node:assert/strict";
import type { Sql } from "../../server/postgres/sql.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import type { MessageIndex } from "../../server/services/search/message_index.ts";
import { PostgresIndex } from "../../server/services/search/postgres_index.ts";
import {
  meilisearchIndexOf,
  meilisearchSettings,
  openMeilisearch,
} from "../harness/meilisearch.ts";
import { waitFor } from "../harness/wait_for.ts";

interface Page {
  readonly messages: readonly { readonly id: string; readonly body: string }[];
  readonly next: string | null;
  readonly count: number;
}

function look(person: Person, roomId: string) {
  const ask = async (q: string, more = ""): Promise<Page> =>
    await person.do("GET", `/rooms/${roomId}/search?q=${encodeURIComponent(q)}${more}`);
  const bodies = async (q: string, more = "") =>
    (await ask(q, more)).messages.map((each) => each.body);
  /** What a question finds once the index has come so far. */
  const finds = async (q: string, expected: readonly string[]) => {
    await waitFor(
      `${q} to find ${JSON.stringify(expected)}`,
      async () => JSON.stringify(await bodies(q)) === JSON.stringify(expected),
    );
  };
  return { ask, bodies, finds };
}

function sqlOf(server: Homeserver): Sql {
  assert.ok(server.parts.chat);
  return server.parts.chat.sql;
}

Deno.test("search: words, filters, changes, and nobody finds what is not theirs to read", async (t) => {
  await using server = await startHomeserver();
  await searchEverything(t, server, new PostgresIndex(sqlOf(server)));
});

Deno.test("search (Meilisearch): words, filters, changes, and nobody finds what is not theirs to read", async (t) => {
  await using meilisearch = openMeilisearch();
  const { address } = meilisearch;
  await using server = await startHomeserver({ settings: meilisearchSettings(address) });
  await searchEverything(t, server, await meilisearchIndexOf(sqlOf(server), address));
});

async function searchEverything(t: Deno.TestContext, server: Homeserver, index: MessageIndex) {
  const { owner, members, guildId, general } = await makeGuild(server, ["olga", "bob", "cleo"]);
  const [bob, cleo] = members;
  assert.ok(bob && cleo);
  const say = (person: Person, body: string, channelId = general, more = {}) =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: channelId, body, ...more });
  const channel = async (name: string, entries: unknown[] = []) =>
    (await owner.do("POST", "/channels", { guild_id: guildId, name, kind: "text", entries })).id;
  const tea = await channel("tea-room");
  const secret = await channel("secret", [{ target: "everyone", allow: "0", deny: "1" }]);
  const first = await say(owner, "The Élan of green leaves");
  await say(bob, "leaves are green, says https://tea.example");
  await say(owner, `greenhouse <@${bob.id.slice(1)}> 全文検索`, tea);
  await say(owner, "green secret", secret);
  const mine = look(owner, guildId);
  const his = look(bob, guildId);

  await t.step(
    "words are found by their beginning, the newest first, phrases as they stand",
    async () => {
      await mine.finds("green", [
        "green secret",
        `greenhouse <@${bob.id.slice(1)}> 全文検索`,
        "leaves are green, says https://tea.example",
        "The Élan of green leaves",
      ]);
      assert.deepEqual(await mine.bodies('"green leaves" elan'), ["The Élan of green leaves"]);
      assert.deepEqual((await mine.bodies("検索")).length, 1);
      assert.deepEqual(await mine.bodies("索検"), []);
    },
  );

  await t.step("a channel that is hidden now is not there, by no filter", async () => {
    assert.equal((await his.ask("green")).count, 3);
    assert.deepEqual(await his.bodies("green in:secret"), []);
    assert.deepEqual(await his.bodies(`green in:${secret}`), []);
    assert.equal((await server.call("GET", `/rooms/${guildId}/search?q=green`)).status, 401);
    const stranger = await server.register(
      "stan",
      (await owner.do("POST", "/invites", {
        guild_id: guildId,
      })).code,
    );
    const refused = await stranger.try("GET", `/rooms/${guildId}/search?q=green`);
    assert.equal(refused.status, 404);
  });

  await t.step("filters", async () => {
    assert.deepEqual(await his.bodies("from:me green"), [
      "leaves are green, says https://tea.example",
    ]);
    assert.equal((await his.bodies("from:olga")).length, 2);
    assert.deepEqual((await his.bodies("in:tea-room")).length, 1);
    assert.deepEqual((await his.bodies("has:link")).length, 1);
    assert.deepEqual((await his.bodies("mentions:me")).length, 1);
    assert.deepEqual(await his.bodies("green before:2020"), []);
    assert.equal((await his.bodies("green after:2020")).length, 3);
    assert.deepEqual(await his.bodies("from:nobody-at-all"), []);
    const unknown = async (q: string) =>
      (await bob.do("GET", `/rooms/${guildId}/search?q=${encodeURIComponent(q)}`)).unknown;
    assert.deepEqual(await unknown("from:me in:tea-room green"), []);
    assert.deepEqual(await unknown("in:taeroom from:olag mentions:@xyzzy"), [
      { filter: "in", name: "taeroom", near: ["tea-room"] },
      { filter: "from", name: "olag", near: ["olga"] },
      { filter: "mentions", name: "@xyzzy", near: [] },
    ]);
    // A channel that he may not see is none that he is led to.
    assert.deepEqual(await unknown("in:secrte"), [{ filter: "in", name: "secrte", near: [] }]);
    const bad = await bob.try("GET", `/rooms/${guildId}/search?q=has%3Acheese`);
    assert.equal(bad.status, 400);
    assert.match(bad.body.error.message, /has:cheese/);
    assert.equal((await bob.try("GET", `/rooms/${guildId}/search?q=...`)).status, 400);
  });

  await t.step("pages go on where the one before ended", async () => {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await mine.ask("green", `&limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.messages.map((each) => each.id));
      cursor = page.next ?? "";
    } while (cursor !== "");
    assert.deepEqual(seen, (await mine.ask("green")).messages.map((each) => each.id));
    const bad = await bob.try("GET", `/rooms/${guildId}/search?q=green&cursor=x`);
    assert.equal(bad.status, 400);
  });

  await t.step(
    "an edit is found as it reads now, and again as before once it is deleted",
    async () => {
      await owner.do("PATCH", `/rooms/${guildId}/messages/${first.id}`, { body: "purple prose" });
      await mine.finds("purple", ["purple prose"]);
      assert.deepEqual(await mine.bodies("elan"), []);
      await say(bob, "short-lived purple");
      await his.finds("purple", ["short-lived purple", "purple prose"]);
      const { messages } = await his.ask("lived");
      const redact = (id?: string) =>
        owner.do("POST", "/redact", { room_id: guildId, channel_id: general, event_ids: [id] });
      await redact(messages[0]?.id);
      assert.deepEqual(
        await his.bodies("purple"),
        ["purple prose"],
        "at once, by what is held now",
      );
      await redact(first.id);
      await mine.finds("purple", []);
      await waitFor(
        "the index to forget the words",
        async () => {
          const { hits } = await index.find({
            words: [],
            phrases: [],
            channels: [{ roomId: guildId, channelId: general, sinceTs: 0 }],
            without: [],
            has: [],
            mentions: [],
            limit: 100,
          });
          return hits.length > 0 && hits.every((hit) => hit.eventId !== first.id);
        },
      );
    },
  );

  await t.step("who is blocked is not found", async () => {
    await say(cleo, "green tomatoes");
    await his.finds("tomatoes", ["green tomatoes"]);
    await bob.do("PUT", `/blocks/${encodeURIComponent(cleo.id)}`, {});
    assert.deepEqual(await his.bodies("tomatoes"), []);
    assert.equal((await mine.bodies("tomatoes")).length, 1);
  });

  await t.step("a conversation is searched by its two", async () => {
    const dm = await owner.do("POST", "/dms", { user_id: bob.id });
    await owner.do("POST", `/rooms/${dm.room_id}/send`, { body: "green whisper" });
    await look(bob, dm.room_id).finds("whisper", ["green whisper"]);
    assert.equal((await cleo.try("GET", `/rooms/${dm.room_id}/search?q=whisper`)).status, 404);
    assert.deepEqual(await his.bodies("whisper"), []);
  });

  await t.step("a private channel is found by who is in it, and by nobody else", async () => {
    const { room_id: room } = await owner.do("POST", "/channels", {
      guild_id: guildId,
      name: "council",
      kind: "text",
      private: true,
    });
    await owner.do("POST", "/invite", { room_id: room, user_id: bob.id });
    await bob.do("POST", `/rooms/${room}/join`, {});
    await owner.do("POST", `/rooms/${room}/send`, { body: "tomatoes of the council" });
    await mine.finds("council", ["tomatoes of the council"]);
    assert.deepEqual(await his.bodies("council"), ["tomatoes of the council"]);
    const hers = look(cleo, guildId);
    for (const question of ["council", "in:council", `in:${room}`, "council from:olga"]) {
      assert.deepEqual(await hers.bodies(question), [], question);
    }
    assert.equal((await hers.ask("tomatoes")).count, 1, "no count tells of it");
    assert.equal((await cleo.try("GET", `/rooms/${room}/search?q=council`)).status, 404);
    await owner.do("DELETE", `/guilds/${room}/members/${encodeURIComponent(bob.id)}`, {});
    assert.deepEqual(await his.bodies("council"), [], "nor by who was in it");
  });

  await t.step(
    "where history is for those who were there, neither words nor counts tell of it",
    async () => {
      await owner.do("PATCH", `/guilds/${guildId}`, { history: "joined" });
      const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
      const late = await server.register("late", code);
      await late.do("POST", `/invites/${code}/accept`, {});
      await say(owner, "green again");
      await look(late, guildId).finds("green", ["green again"]);
      assert.equal((await look(late, guildId).ask("green")).count, 1);
      assert.ok((await mine.bodies("green")).length > 2);
    },
  );
}

Deno.test("search: what is deleted before the index has come to it never stands there", async () => {
  await using server = await startHomeserver();
  const { owner, guildId, general } = await makeGuild(server, ["olga"]);
  const say = (body: string, more = {}) =>
    owner.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body, ...more });
  for (let n = 0; n < 5; n++) {
    const { id } = await say(`regretted ${n}`);
    await owner.do("POST", "/redact", { room_id: guildId, channel_id: general, event_ids: [id] });
  }
  await say("the last word");
  await look(owner, guildId).finds("word", ["the last word"]);
  const left = await sqlOf(server)`
    select event_id from message_search where words @@ 'regretted'::tsquery`;
  assert.equal(left.length, 0);
});

Deno.test("search: a server that never had the index makes it of its past, beside what people do", async () => {
  await using server = await startHomeserver();
  const { owner, guildId, general } = await makeGuild(server, ["olga"]);
  for (let n = 0; n < 30; n++) {
    await owner.do("POST", `/rooms/${guildId}/send`, {
      channel_id: general,
      body: `old tale ${n}`,
    });
  }
  await look(owner, guildId).finds("tale 29", ["old tale 29"]);
  await sqlOf(server)`truncate message_search, message_search_mark`;
  await server.stop();
  await using again = await startHomeserver({ again: server });
  const { status, body } = await again.call("GET", `/rooms/${guildId}/search?q=tale&limit=50`, {
    token: owner.token,
  });
  assert.equal(status, 200);
  assert.ok(body.indexing || body.count === 30, "it answers from its first moment");
  await waitFor("the past to be found", async () => {
    const page = await again.call("GET", `/rooms/${guildId}/search?q=tale&limit=50`, {
      token: owner.token,
    });
    return page.body.count === 30 && !page.body.indexing;
  });
});
