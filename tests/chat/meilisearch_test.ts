import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { Secret } from "../../server/config/secret.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { decodeSyncToken, hasRead } from "../../server/postgres/sync_token.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { meilisearchSettings } from "../harness/meilisearch.ts";
import {
  type MeilisearchStandIn,
  startMeilisearchStandIn,
} from "../harness/meilisearch_stand_in.ts";
import { waitFor } from "../harness/wait_for.ts";

function settingsFor(server: Pick<MeilisearchStandIn, "url" | "key">) {
  return meilisearchSettings({ url: server.url, key: new Secret(server.key) });
}

function sqlOf(server: Homeserver): Sql {
  assert.ok(server.parts.chat);
  return server.parts.chat.sql;
}

/** What the owner does in a guild, on whichever start of the server. */
function inGuild(server: Homeserver, owner: Person, place: { guildId: string; general: string }) {
  const path = `/rooms/${place.guildId}`;
  const call = (method: string, rest: string, body?: unknown) =>
    server.call(method, `${path}${rest}`, {
      token: owner.token,
      ...(body === undefined ? {} : { body }),
    });
  const bodies = async (q: string): Promise<string[] | number> => {
    const { status, body } = await call("GET", `/search?q=${encodeURIComponent(q)}`);
    return status === 200 ? body.messages.map((each: { body: string }) => each.body) : status;
  };
  return {
    call,
    bodies,
    say: async (body: string): Promise<string> => {
      const said = await call("POST", "/send", { channel_id: place.general, body });
      assert.equal(said.status, 200);
      return said.body.id;
    },
    redact: (id: string) =>
      server.call("POST", "/redact", {
        token: owner.token,
        body: { room_id: place.guildId, channel_id: place.general, event_ids: [id] },
      }),
    finds: (q: string, expected: readonly string[]) =>
      waitFor(
        `${q} to find ${JSON.stringify(expected)}`,
        async () => JSON.stringify(await bodies(q)) === JSON.stringify(expected),
      ),
  };
}

/** Whether the mark of the search says that this event is in the index. */
async function isPast(server: Homeserver, eventId: string): Promise<boolean> {
  const sql = sqlOf(server);
  const [mark] = await sql<{ token: string }[]>`select token from message_search_mark`;
  const [at] = await sql<{ writer_id: number; position: number }[]>`
    select writer_id, position from events where event_id = ${eventId}`;
  assert.ok(at);
  const [instance = ""] = mark?.token.split(".") ?? [];
  const token = decodeSyncToken(mark?.token ?? "", instance);
  return token !== undefined &&
    hasRead(token, { writerId: at.writer_id, position: Number(at.position) });
}

Deno.test("Meilisearch: what it does not know of yet is not shown, and is gone from it after a restart", async () => {
  await using meilisearch = startMeilisearchStandIn();
  await using server = await startHomeserver({ settings: settingsFor(meilisearch) });
  const { owner, ...place } = await makeGuild(server, ["olga"]);
  const guild = inGuild(server, owner, place);
  const id = await guild.say("regrettable remark");
  await guild.finds("regret", ["regrettable remark"]);
  meilisearch.hold(true);
  assert.equal((await guild.redact(id)).status, 200);
  assert.deepEqual(await guild.bodies("regret"), []);
  assert.match(meilisearch.text(), /regrettable/);
  await server.stop();
  meilisearch.hold(false);
  await using again = await startHomeserver({ again: server, settings: settingsFor(meilisearch) });
  await waitFor("the words to be gone", () => !meilisearch.text().includes("regrettable"));
  assert.deepEqual(await inGuild(again, owner, place).bodies("regret"), []);
});

Deno.test("Meilisearch: away, people speak on and searches say so; what was said is found later", async () => {
  const port = freePort();
  await using none = await startHomeserver({
    settings: settingsFor({ url: `http://127.0.0.1:${port}`, key: "not there yet" }),
  });
  const { owner, ...place } = await makeGuild(none, ["olga"]);
  const away = inGuild(none, owner, place);
  await away.say("said meanwhile");
  const { status, body } = await away.call("GET", "/search?q=meanwhile");
  assert.equal(status, 503);
  assert.match(body.error.message, /search is not reachable now: try again/);
  await none.stop();

  await using meilisearch = startMeilisearchStandIn();
  await using again = await startHomeserver({ again: none, settings: settingsFor(meilisearch) });
  const guild = inGuild(again, owner, place);
  await guild.finds("meanwhile", ["said meanwhile"]);
});

Deno.test("Meilisearch: a task that fails is asked for again, and the mark waits for it", async () => {
  await using meilisearch = startMeilisearchStandIn();
  await using server = await startHomeserver({ settings: settingsFor(meilisearch) });
  const { owner, ...place } = await makeGuild(server, ["olga"]);
  const guild = inGuild(server, owner, place);
  await guild.say("the first");
  await guild.finds("first", ["the first"]);
  meilisearch.fail(true);
  const second = await guild.say("the second");
  await waitFor("a task to fail", () => meilisearch.failures > 0);
  assert.equal(await isPast(server, second), false);
  meilisearch.fail(false);
  await guild.finds("second", ["the second"]);
  // It is found before the mark of it is stored.
  await waitFor("the mark to be past it", () => isPast(server, second));
});

Deno.test("Meilisearch: a change of engine, and an index that was lost, are filled from the past", async () => {
  await using meilisearch = startMeilisearchStandIn();
  await using first = await startHomeserver();
  const { owner, ...place } = await makeGuild(first, ["olga"]);
  const inPostgres = inGuild(first, owner, place);
  const old = await inPostgres.say("an old tale");
  await inPostgres.finds("tale", ["an old tale"]);
  await first.stop();

  await using second = await startHomeserver({ again: first, settings: settingsFor(meilisearch) });
  const inMeilisearch = inGuild(second, owner, place);
  await inMeilisearch.finds("tale", ["an old tale"]);
  assert.deepEqual([...await sqlOf(second)`select 1 from message_search`], [], "kept once");
  meilisearch.forget();
  await inMeilisearch.say("a new tale");
  await inMeilisearch.finds("tale", ["a new tale", "an old tale"]);
  await inMeilisearch.redact(old);
  await second.stop();

  await using third = await startHomeserver({ again: second });
  await inGuild(third, owner, place).finds("tale", ["a new tale"]);
});
