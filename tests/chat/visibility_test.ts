import assert from "node:assert/strict";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import {
  type Answer,
  type Homeserver,
  makeGuild,
  type Person,
  startHomeserver,
} from "../harness/homeserver.ts";
import { seededRandom } from "../harness/seeded_random.ts";
import { waitFor } from "../harness/wait_for.ts";

const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));
const STEPS = 60;

type Door = [method: string, path: string, body?: unknown];

/**
 * Random changes of entries, roles and membership. After each the owner says something of which
 * the test knows, by a model of its own, whether bob may hear it.
 */
for (const seed of [1, 2, 3]) {
  Deno.test(`no word of a hidden channel reaches a socket, history ${seed}`, async () => {
    await using server = await startHomeserver();
    const { owner, members, guildId } = await makeGuild(server, ["ann", "bob"]);
    const [bob] = members;
    assert.ok(bob);
    const role = await owner.do("POST", "/roles", { guild_id: guildId, name: "insider" });
    const channel = await owner.do("POST", "/channels", {
      guild_id: guildId,
      kind: "text",
      name: "sometimes",
    });
    const model = { joined: true, denied: false, allowed: false, hasRole: false, closed: false };
    const sees = () => model.joined && (!model.denied || (model.allowed && model.hasRole));
    const entries = () => [
      ...(model.denied ? [{ target: "everyone", allow: "0", deny: VIEW }] : []),
      ...(model.allowed ? [{ target: role.id, allow: VIEW, deny: "0" }] : []),
    ];
    const place = `/rooms/${guildId}/channels/${channel.id}`;
    const setEntries = () => owner.do("PATCH", place, { entries: entries() });
    const random = seededRandom(seed);
    const changes: (() => Promise<unknown>)[] = [
      () => (model.denied = !model.denied, setEntries()),
      () => (model.allowed = !model.allowed, setEntries()),
      async () => {
        if (!model.joined) return;
        model.hasRole = !model.hasRole;
        const roles = model.hasRole ? [role.id] : [];
        await owner.do("PATCH", `/guilds/${guildId}/members/${bob.id}`, { roles });
      },
      async () => {
        model.hasRole = false; // Leaving drops roles.
        if (model.joined) await owner.do("DELETE", `/guilds/${guildId}/members/${bob.id}`, {});
        else {
          const invite = await owner.do("POST", "/invites", { guild_id: guildId });
          await bob.do("POST", `/invites/${invite.code}/accept`, {});
        }
        model.joined = !model.joined;
      },
    ];
    using socket = await bob.connect();
    const expected: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      // Kicks are rarer than the rest.
      await changes[Math.floor(random() * (random() < 0.3 ? 4 : 3))]?.();
      const body = `${sees() ? "open" : "hidden"} ${step}`;
      if (sees()) expected.push(body);
      const sent = await owner.do("POST", `/rooms/${guildId}/send`, {
        channel_id: channel.id,
        body,
      });
      const react = { room_id: guildId, event_id: sent.id, key: "👀" };
      await owner.do("POST", "/reactions", react);
      const read: Answer = await bob.try(
        "GET",
        `/rooms/${guildId}/messages?channel_id=${channel.id}`,
      );
      assert.equal(read.status, sees() ? 200 : 404, body);
    }
    // An open word at the end shows that everything before it has been told.
    if (!model.joined) await changes[3]?.();
    model.denied = false;
    await setEntries();
    await owner.do("POST", `/rooms/${guildId}/send`, { channel_id: channel.id, body: "open end" });
    expected.push("open end");
    const heard = () => socket.dispatches("message.create").map(({ body }) => body);
    await waitFor("the last word", () => heard().includes("open end"));
    assert.deepEqual(heard(), expected);
    assert.ok(!JSON.stringify(socket.frames).includes("hidden "), "nor in any other frame");
    assert.ok(expected.length > 5 && expected.length < STEPS, "both cases were met");
  });
}

Deno.test("what is hidden and what does not exist are answered alike, at every door", async () => {
  await using server = await startHomeserver();
  const { owner, members, guildId, general } = await makeGuild(server, ["ann", "bob", "cid"]);
  const [bob, outsider] = members;
  assert.ok(bob && outsider);
  await outsider.do("POST", `/guilds/${guildId}/leave`, {});
  const hidden = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "hidden",
    entries: [{ target: "everyone", allow: "0", deny: VIEW }],
  });
  const say = (channel_id: string) =>
    owner.do("POST", `/rooms/${guildId}/send`, { channel_id, body: "psst" });
  const there = await say(hidden.id);
  const open = await say(general);
  const private_ = await owner.do("POST", "/channels", {
    guild_id: guildId,
    kind: "text",
    name: "private",
    private: true,
  });
  const noChannel = "1".repeat(16);
  const noEvent = `$${"1".repeat(32)}`;
  const noRoom = `!${"1".repeat(32)}`;
  const doors = (room: string, channel: string, event: string): Door[] => [
    ["GET", `/rooms/${room}/channels/${channel}`],
    ["GET", `/rooms/${room}/messages?channel_id=${channel}`],
    ["GET", `/rooms/${room}/messages/${event}`],
    ["GET", `/rooms/${room}/pins?channel_id=${channel}`],
    ["POST", `/rooms/${room}/send`, { channel_id: channel, body: "x" }],
    ["POST", `/rooms/${room}/typing`, { channel_id: channel }],
    ["POST", `/rooms/${room}/read`, { channel_id: channel, event_id: event }],
    ["POST", "/reactions", { room_id: room, event_id: event, key: "👀" }],
    ["POST", "/redact", { room_id: room, channel_id: channel, event_ids: [event] }],
    ["PUT", `/rooms/${room}/pins/${event}`, { on: true }],
    ["PATCH", `/rooms/${room}/messages/${event}`, { body: "x" }],
  ];
  const guildDoors = (room: string): Door[] => [
    ["GET", `/guilds/${room}`],
    ["GET", `/guilds/${room}/members`],
    ["GET", `/guilds/${room}/members/${owner.id}`],
    ["GET", `/guilds/${room}/audit`],
    ["GET", `/guilds/${room}/bans`],
    ["GET", `/guilds/${room}/invites`],
  ];
  const alike = async (
    person: Person,
    real: Door[],
    absent: Door[],
  ) => {
    for (const [at, [method, path, body]] of real.entries()) {
      const [, other = "", otherBody] = absent[at] ?? [method, ""];
      const [first, second] = [
        await ask(person, method, path, body),
        await ask(person, method, other, otherBody),
      ];
      assert.deepEqual(first, second, `${method} ${path}`);
      assert.equal(first.status, 404, `${method} ${path}: ${JSON.stringify(first)}`);
    }
  };
  await alike(bob, doors(guildId, hidden.id, there.id), doors(guildId, noChannel, noEvent));
  await alike(
    bob,
    doors(private_.room_id, private_.id, there.id),
    doors(noRoom, private_.id, noEvent),
  );
  await alike(outsider, doors(guildId, general, open.id), doors(noRoom, general, noEvent));
  await alike(outsider, guildDoors(guildId), guildDoors(noRoom));
  // Planted: where one may look the answers differ.
  const seen = await bob.try("GET", `/rooms/${guildId}/messages/${open.id}`);
  assert.equal(seen.status, 200);
});

async function ask(person: Person, method: string, path: string, body: unknown) {
  const answer = await person.try(method, path, body);
  const { request_id: _id, ...error } = answer.body.error ?? {};
  return { status: answer.status, error };
}

Deno.test("of ten who take an invite for one, one comes in, at one process or two", async () => {
  await using left = await startHomeserver();
  const { owner, guildId } = await makeGuild(left, ["ann"]);
  const open = await owner.do("POST", "/invites", { guild_id: guildId });
  const takers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => left.register(`taker${n}`, open.code)),
  );
  await using right = await startHomeserver({ databaseUrl: left.databaseUrl });
  for (const servers of [[left, left], [left, right]] satisfies Homeserver[][]) {
    const guild = await owner.do("POST", "/guilds", { name: "For one" });
    const invite = await owner.do("POST", "/invites", { guild_id: guild.id, max_uses: 1 });
    const answers = await Promise.all(
      takers.map((taker, n) =>
        servers[n % 2]?.call("POST", `/invites/${invite.code}/accept`, {
          token: taker.token,
          body: {},
        })
      ),
    );
    const came = answers.filter((answer) => answer?.status === 200);
    assert.equal(came.length, 1, JSON.stringify(answers.map((answer) => answer?.status)));
    const shown = await waitFor("the one to be shown", async () => {
      const found = await owner.do("GET", `/guilds/${guild.id}`);
      return found.member_count === 2 ? found : undefined;
    });
    assert.equal(shown.member_count, 2);
  }
});
