/** What pages ask of the database: few statements, and no more in a full place than in a small one. */
import assert from "node:assert/strict";
import { channelPath, dmPath, guildPath } from "../../ui/lib/format/paths.ts";
import { sessionCookie } from "../e2e/scene.ts";
import { type Homeserver, makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { countStatements } from "../harness/statement_counter.ts";

/**
 * A channel whose messages have answers, threads and polls, of somebody with guilds, conversations
 * and threads: 2 of the server, 9 for what the account has, 10 for how that looks, 12 for the
 * messages and what hangs on them. One more is paid for with every page.
 */
const CHANNEL_MOST = 33;
/** How many of everything there are, first and afterwards. Run once with 5 and 50. */
const [FEW, MANY] = [2, 9];
/** Work that goes on beside pages is counted with some of them: the fewest of so many count. */
const [TRIES, TRIES_MOST] = [5, 60];

interface World {
  readonly ann: Person;
  readonly carl: Person;
  readonly guildId: string;
  readonly general: string;
  dmRoom: string;
}

const inRoom = (id: string) => `/rooms/${encodeURIComponent(id)}`;

/** Makes that of everything a page shows there are `count`. */
async function grow(server: Homeserver, world: World, from: number, count: number): Promise<void> {
  const { ann, guildId, general } = world;
  const invite = await ann.do("POST", "/invites", { guild_id: guildId });
  for (let at = from; at < count; at++) {
    const friend = await server.register(`friend${at}`, invite.code);
    await friend.do("POST", `/invites/${invite.code}/accept`, {});
    await ann.do("POST", "/roles", { guild_id: guildId, name: `role ${at}` });
    const other = { guild_id: guildId, name: `bed ${at}` };
    await ann.do("POST", "/channels", { ...other, kind: "text" });
    await ann.do("POST", "/channels", { ...other, kind: "text", private: true });
    await ann.do("POST", "/guilds", { name: `Guild ${at}` });
    const say = async (who: Person, body: Record<string, unknown>) =>
      (await who.do("POST", `${inRoom(guildId)}/send`, { channel_id: general, ...body })).id;
    const answered = await say(ann, { body: "to be answered" });
    const id = await say(friend, { body: "**said**", reply_to: answered });
    await friend.do("PATCH", `${inRoom(guildId)}/messages/${encodeURIComponent(id)}`, {
      body: "edited",
    });
    await ann.do("POST", "/reactions", { room_id: guildId, event_id: id, key: "👍" });
    await friend.do("POST", "/reactions", { room_id: guildId, event_id: id, key: "🙏" });
    await say(ann, { body: "in a thread", thread_id: id });
    await ann.do("POST", `${inRoom(guildId)}/polls`, {
      channel_id: general,
      question: "Which?",
      options: ["One", "Two"],
    });
    const dm = await ann.do("POST", "/dms", { user_id: friend.id });
    await friend.do("POST", `${inRoom(dm.room_id)}/join`, {});
    await friend.do("POST", `${inRoom(dm.room_id)}/send`, { body: "Just us" });
    if (at === 0) world.dmRoom = dm.room_id;
    else await friend.do("POST", `/dms/${encodeURIComponent(dm.room_id)}/leave`, {});
    await friend.do("POST", "/group-dms", { user_ids: [ann.id, world.carl.id] });
  }
}

Deno.test("pages ask the database a number of times that does not grow with what they show", async (t) => {
  await using database = await freshDatabase();
  await using counter = countStatements(database.url);
  await using server = await startHomeserver({ databaseUrl: counter.url });
  const { owner: ann, members: [carl], guildId, general } = await makeGuild(server, [
    "ann",
    "carl",
  ]);
  assert.ok(carl);
  const world: World = { ann, carl, guildId, general, dmRoom: "" };
  const cookie = await sessionCookie(server.url, "ann");
  const open = async (path: string) => {
    const response = await fetch(server.url + path, { headers: { cookie } });
    assert.equal(response.status, 200, path);
    await response.body?.cancel();
  };
  /** What opening a page asks for; looked at until it is no more than `most`. */
  const count = async (path: string, { tries = TRIES, most = 0 } = {}) => {
    await open(path);
    let fewest: readonly string[] | undefined;
    for (let tried = 0; tried < tries && (fewest?.length ?? Infinity) > most; tried++) {
      const seen = await counter.during(() => open(path));
      if (seen.length < (fewest?.length ?? Infinity)) fewest = seen.map(({ text }) => text);
    }
    return fewest ?? [];
  };
  const channel = channelPath(guildId, { room_id: guildId, id: general, private: false });
  const paths = {
    "a channel": () => channel,
    "a conversation": () => dmPath(world.dmRoom),
    "the first page after a login": () => "/home",
    "a guild's settings": () => `${guildPath(guildId)}/settings`,
  };
  await grow(server, world, 0, FEW);
  const before = new Map<string, readonly string[]>();
  for (const [name, path] of Object.entries(paths)) before.set(name, await count(path()));
  await grow(server, world, FEW, MANY);
  for (const [name, path] of Object.entries(paths)) {
    await t.step(name, async () => {
      const was = before.get(name) ?? [];
      const after = await count(path(), { tries: TRIES_MOST, most: was.length });
      assert.ok(after.length <= was.length, added(was, after));
    });
  }
  await t.step("a channel's page asks few of them", async () => {
    const seen = await count(channel, { tries: TRIES_MOST, most: CHANNEL_MOST });
    assert.ok(seen.length <= CHANNEL_MOST, seen.join("\n"));
  });
});

/** The statements that are carried out more often. */
function added(was: readonly string[], after: readonly string[]): string {
  const left = [...was];
  return after.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  }).join("\n");
}
