/**
 * Two processes of one homeserver on one real Postgres, with a real NATS server between them and
 * without one: whoever is connected to either sees the same.
 */
import assert from "node:assert/strict";
import { loadControl } from "../../server/rooms/load_room.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import {
  type Homeserver,
  Listening,
  makeGuild,
  Person,
  startHomeserver,
} from "../harness/homeserver.ts";
import { startNats } from "../harness/nats.ts";
import { waitFor } from "../harness/wait_for.ts";

const WAIT_MS = 120_000;

interface Pair {
  readonly left: Homeserver;
  readonly right: Homeserver;
  readonly owner: Person;
  readonly bob: Person;
  readonly guildId: string;
  readonly general: string;
}

/** The same account at the other process. */
function at(server: Homeserver, person: Person): Person {
  return new Person(server, person.id, person.token);
}

for (const kind of ["NATS", "Postgres alone"] as const) {
  Deno.test(`two processes, joined by ${kind}`, async (t) => {
    await using stack = new AsyncDisposableStack();
    const settings: Record<string, string> = kind === "NATS"
      ? { "bus.nats_url": stack.use(await startNats()).url }
      : {};
    const left = stack.use(await startHomeserver({ settings }));
    const guild = await makeGuild(left, ["ann", "bob"]);
    const right = stack.use(await startHomeserver({ settings, databaseUrl: left.databaseUrl }));
    const [bob] = guild.members;
    assert.ok(bob);
    const pair: Pair = { left, right, bob, ...guild };
    await t.step("messages of one reach the other in order, once", () => crossing(pair));
    await t.step("a reader goes on at the other process", () => resuming(pair));
    await t.step("typing, presence, read markers and profiles cross", () => hints(pair));
    await t.step("both send into one channel at once", () => sendingAtOnce(pair));
    await t.step("both change the guild at once", () => changingAtOnce(pair));
    await t.step("a session ended at one is ended at the other", () => revoking(pair));
  });
}

function bodies(listening: Listening): string[] {
  return listening.dispatches("message.create").map(({ body }) => body);
}

async function say(person: Person, { guildId, general }: Pair, body: string): Promise<void> {
  await person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
}

async function crossing(pair: Pair): Promise<void> {
  using socket = await at(pair.right, pair.bob).connect();
  const expected = Array.from({ length: 40 }, (_, n) => `crossing ${n}`);
  for (const body of expected) await say(pair.owner, pair, body);
  await waitFor("all messages", () => bodies(socket).length >= expected.length, WAIT_MS);
  assert.deepEqual(bodies(socket), expected);
}

/** Cut in the middle of a stream and resumed at the other process, again and again. */
async function resuming(pair: Pair): Promise<void> {
  const expected = Array.from({ length: 60 }, (_, n) => `resuming ${n}`);
  const seen: string[] = [];
  let { position } = await started(pair);
  const sending = (async () => {
    for (const [n, body] of expected.entries()) {
      await say(n % 2 ? pair.owner : at(pair.right, pair.owner), pair, body);
    }
  })();
  const deadlineMs = Date.now() + WAIT_MS;
  for (let round = 0; seen.length < expected.length && Date.now() < deadlineMs; round++) {
    using socket = await at(round % 2 ? pair.right : pair.left, pair.bob).connect(position);
    // Longer from round to round: a machine that is slow to tell anything gets on as well.
    await new Promise((resolve) => setTimeout(resolve, Math.min(20 + round, 500)));
    // What is taken and the position belong together: later frames are thrown away.
    for (const frame of [...socket.frames]) {
      assert.notEqual(frame.op, "reset", "resumed, not started anew");
      if (frame.op === "resumed") position = frame.d.position;
      if (frame.op !== "dispatch") continue;
      if (frame.pos !== undefined) position = frame.pos;
      if (frame.t === "message.create") seen.push(frame.d.body);
    }
  }
  await sending;
  assert.deepEqual([...seen].sort(), [...expected].sort(), "each once");
  for (const parity of [0, 1]) {
    const own = expected.filter((_, n) => n % 2 === parity);
    assert.deepEqual(seen.filter((body) => own.includes(body)), own, "in the sender's order");
  }
}

async function started(pair: Pair): Promise<{ position: string }> {
  using socket = await pair.bob.connect();
  return { position: socket.position };
}

async function hints(pair: Pair): Promise<void> {
  using socket = await at(pair.right, pair.bob).connect();
  using bobElsewhere = await pair.bob.connect();
  socket.send({ op: "subscribe", d: { guild_id: pair.guildId, user_ids: [pair.owner.id] } });
  await socket.until((frame) => frame.op === "presences");
  using _ann = await pair.owner.connect();
  await socket.until((frame) =>
    frame.op === "dispatch" && frame.t === "presence" && frame.d.user_id === pair.owner.id &&
    frame.d.presence === "online"
  );
  await pair.owner.do("POST", `/rooms/${pair.guildId}/typing`, { channel_id: pair.general });
  const typing = await socket.until((frame) => frame.op === "dispatch" && frame.t === "typing");
  assert.ok(typing.op === "dispatch" && typing.t === "typing");
  assert.equal(typing.d.user.id, pair.owner.id);

  await at(pair.right, pair.bob).do("POST", `/rooms/${pair.guildId}/read`, {
    channel_id: pair.general,
    event_id: null,
  });
  await bobElsewhere.until((frame) => frame.op === "dispatch" && frame.t === "read.update");

  await pair.owner.do("PATCH", "/account", { display_name: "Ann the Elsewhere" });
  await waitFor("the new name at the other process", async () => {
    const member = await at(pair.right, pair.bob).do(
      "GET",
      `/guilds/${pair.guildId}/members/${pair.owner.id}`,
    );
    return member.user.display_name === "Ann the Elsewhere";
  });
}

async function sendingAtOnce(pair: Pair): Promise<void> {
  using leftSocket = await pair.bob.connect();
  using rightSocket = await at(pair.right, pair.bob).connect();
  const expected: string[] = [];
  const senders = [pair.left, pair.right].flatMap((server, side) =>
    Array.from({ length: 4 }, async (_, sender) => {
      for (let n = 0; n < 25; n++) {
        const body = `at once ${side}.${sender}.${n}`;
        expected.push(body);
        await say(at(server, pair.owner), pair, body);
      }
    })
  );
  await Promise.all(senders);
  for (const socket of [leftSocket, rightSocket]) {
    // A process that has yet to tell of the step before does so first.
    const heard = () => bodies(socket).filter((body) => body.startsWith("at once"));
    await waitFor("all messages", () => heard().length >= expected.length, WAIT_MS);
    assert.deepEqual(heard().sort(), [...expected].sort(), "every message exactly once");
  }
  // One more from each side, after both have heard of everything, joins what is left of the fork.
  await say(pair.owner, pair, "last of the left");
  await waitFor("the last one", () => bodies(rightSocket).includes("last of the left"), WAIT_MS);
  await say(at(pair.right, pair.owner), pair, "last of the right");
  await using sql = database(pair);
  const rows = await sql.sql<{ event_id: string; pdu: string }[]>`
    select event_id, pdu from events
    where room_id = ${pair.guildId} and channel_id = ${pair.general}`;
  const parents = new Map(
    rows.map((row) => [row.event_id, JSON.parse(row.pdu).prev_events as string[]]),
  );
  for (const cited of [...parents.values()].flat()) assert.ok(parents.has(cited), "all are held");
  const children = new Map<string, number>();
  for (const cited of [...parents.values()].flat()) {
    children.set(cited, (children.get(cited) ?? 0) + 1);
  }
  assert.ok([...children.values()].some((count) => count > 1), "the graph forked");
  assert.ok([...parents.values()].some((cited) => cited.length > 1), "and was joined");
  const heads = [...parents.keys()].filter((id) => !children.has(id));
  assert.equal(heads.length, 1, "one event stands on everything");
  const [stored] = await sql.sql<{ event_ids: string[] }[]>`
    select event_ids from graph_heads
    where room_id = ${pair.guildId} and channel_id = ${pair.general}`;
  assert.deepEqual(stored?.event_ids, heads);
}

interface Shown {
  readonly channels: readonly { id: string; name: string }[];
  readonly roles: readonly { id: string; name: string; position: number }[];
}

async function changingAtOnce(pair: Pair): Promise<void> {
  using socket = await at(pair.right, pair.bob).connect();
  const { owner, guildId } = pair;
  const ask = async (server: Homeserver): Promise<Shown> => {
    const { channels, roles } = await at(server, owner).do("GET", `/guilds/${guildId}`);
    return { channels, roles };
  };
  const names = Array.from({ length: 6 }, (_, n) => n);
  await Promise.all([pair.left, pair.right].map(async (server, side) => {
    const person = at(server, owner);
    for (const n of names) {
      await person.do("POST", "/roles", { guild_id: guildId, name: `role ${side}.${n}` });
      await person.do("POST", "/channels", {
        guild_id: guildId,
        kind: "text",
        name: `channel-${side}-${n}`,
      });
    }
  }));
  /** What was acknowledged and is not shown. */
  const missing = (shown: Shown) =>
    [0, 1].flatMap((side) => names.flatMap((n) => [`role ${side}.${n}`, `channel-${side}-${n}`]))
      .filter((name) => ![...shown.roles, ...shown.channels].some((each) => each.name === name));
  const all = (shown: Shown) => missing(shown).length === 0;
  const settled = async () => {
    const [left, right] = await Promise.all([ask(pair.left), ask(pair.right)]);
    return all(left) && JSON.stringify(left) === JSON.stringify(right);
  };
  await waitFor("both to hold all of it", settled, WAIT_MS).catch(() => undefined);
  const [left, right] = await Promise.all([ask(pair.left), ask(pair.right)]);
  assert.deepEqual([missing(left), missing(right)], [[], []]);
  assert.deepEqual(left, right);
  await waitFor(
    "the socket to be told",
    () => socket.dispatches("guild.update").some((guild: Shown) => all(guild)),
    WAIT_MS,
  );

  await using fresh = await startHomeserver({ databaseUrl: pair.left.databaseUrl });
  assert.deepEqual(await ask(fresh), await ask(pair.left), "as it is read back");
  await using sql = database(pair);
  const rows = await sql.sql<{ event_id: string; pdu: string }[]>`
    select event_id, pdu from events where room_id = ${guildId} and channel_id is null`;
  const parents = rows.map((row) => JSON.parse(row.pdu).prev_events as string[]);
  assert.ok(parents.some((cited) => cited.length > 1), "the control graph forked and was joined");
  await stateFits(pair);
}

/** The table of the present state holds what resolution of the stored graph gives. */
async function stateFits(pair: Pair): Promise<void> {
  await using sql = database(pair);
  const loaded = await loadControl(sql.sql, pair.guildId as RoomId);
  assert.ok(loaded);
  const rows = await sql.sql<{ type: string; state_key: string; event_id: string }[]>`
    select type, state_key, event_id from current_state
    where room_id = ${pair.guildId} and event_id is not null`;
  const stored = rows.map((row) => `${row.type} ${row.state_key} ${row.event_id}`).sort();
  const resolved = [...loaded.tip.state.events()]
    .map((event) => `${event.pdu.type} ${event.pdu.state_key} ${event.id}`).sort();
  assert.deepEqual(stored, resolved);
}

async function revoking(pair: Pair): Promise<void> {
  const away = at(pair.right, pair.bob);
  await away.do("GET", "/account");
  using socket = await away.connect();
  const { sessions } = await pair.bob.do("GET", "/sessions");
  await pair.bob.do("DELETE", `/sessions/${sessions[0].id}`);
  await socket.until((frame) => frame.op === "dispatch" && frame.t === "session.revoked");
  await waitFor(
    "the other process to refuse",
    async () => (await away.try("GET", "/account")).status === 401,
  );
}

function database(pair: Pair) {
  const sql = connect({ url: pair.left.databaseUrl, poolSize: 2, log: silentLog });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 5 }) };
}
