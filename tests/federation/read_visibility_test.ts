/**
 * G16: every question of another server about a room, over random histories of membership, roles,
 * history visibility and kinds of room, against a model of its own: nothing is told that may not
 * be, everything that may, and "forbidden" is "unknown" byte for byte.
 */
import assert from "node:assert/strict";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { OperationError } from "../../core/errors.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { type ChannelId, MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { roomIdFromHash } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { bitsOf, formatBits } from "../../core/permissions/bits.ts";
import { mediaHandler } from "../../federation/handle/media.ts";
import { roomReadHandlers } from "../../federation/handle/read_handlers.ts";
import { dmGenesis, privateGenesis } from "../../server/rooms/genesis.ts";
import type { Room } from "../../server/rooms/room.ts";
import { askedBy } from "../harness/asked_by.ts";
import { randomEventId, serverName, userId } from "../harness/events.ts";
import { openRoomWorld, type RoomWorld } from "../harness/room_world.ts";

const OLGA = userId("@olga:one.test");
const ANN = userId("@ann:two.test");
const BEN = userId("@ben:two.test");
const TWO = serverName("two.test");
const STEPS = 16;
const ROOMS_PER_KIND = { guild: 14, private: 8, group_dm: 4, dm: 4 };
const VIEW = formatBits(bitsOf("VIEW_CHANNEL"));

type Kind = keyof typeof ROOMS_PER_KIND;

interface Person {
  joined: boolean;
  role: boolean;
}

interface Told {
  readonly id: EventId;
  readonly body: string;
  readonly channelId: ChannelId;
  /** Who of the asking server could see the channel when it was said. */
  readonly seenBy: ReadonlySet<UserId>;
  readonly accepted: boolean;
}

/** A room, what was said in it, and what the test knows about who may read. */
class Model {
  readonly people = new Map<UserId, Person>([
    [ANN, { joined: false, role: false }],
    [BEN, { joined: false, role: false }],
  ]);
  readonly told: Told[] = [];
  hidden = false;
  noHistory = false;
  denied = false;

  constructor(
    readonly kind: Kind,
    readonly room: Room,
    readonly channelId: ChannelId,
    readonly joinedOnly: boolean,
  ) {}

  get inRoom(): boolean {
    return !this.denied && [...this.people.values()].some(({ joined }) => joined);
  }

  viewers(): Set<UserId> {
    return new Set([...this.people].filter(([, each]) => this.#sees(each)).map(([user]) => user));
  }

  #sees({ joined, role }: Person): boolean {
    return joined && (!this.hidden || role);
  }

  /** Whether the asking server may be told of the channel at all. */
  get maySee(): boolean {
    return !this.denied && this.viewers().size > 0;
  }

  readable(): EventId[] {
    if (this.denied || this.noHistory) return [];
    const now = this.viewers();
    return this.told.filter(({ accepted, seenBy }) =>
      accepted && [...now].some((user) => !this.joinedOnly || seenBy.has(user))
    ).map(({ id }) => id);
  }
}

Deno.test("no server is told what none of its people may read", async () => {
  await using world = await openRoomWorld();
  const handlers = roomReadHandlers({
    rooms: world.reader,
    clock: world.clock,
    blake3: nobleBlake3,
    keys: { proofs: () => Promise.resolve([]) },
  });
  let combinations = 0;
  let served = 0;
  for (const [kind, count] of Object.entries(ROOMS_PER_KIND) as [Kind, number][]) {
    for (let n = 0; n < count; n++) {
      const model = await makeRoom(world, kind, n % 2 === 1);
      for (let step = 0; step < STEPS; step++) {
        await takeStep(world, model);
        if (step % 4 !== 3) continue;
        const looked = await lookEverywhere(world, model, handlers);
        combinations += looked.questions;
        served += looked.served;
      }
    }
  }
  assert.ok(combinations >= 500, `${combinations} combinations`);
  assert.ok(served > 200, `${served} events were given out to those who may have them`);
  console.log(`${combinations} combinations, ${served} messages served, 0 leaks`);
});

async function makeRoom(world: RoomWorld, kind: Kind, joinedOnly: boolean): Promise<Model> {
  if (kind === "guild") {
    const { room, general } = await world.guild(OLGA);
    await world.change(
      room,
      OLGA,
      ["m.guild.roles", "", {
        everyone: formatBits(bitsOf("VIEW_CHANNEL", "READ_HISTORY", "SEND")),
        roles: { insider: { position: 1, bits: "0" } },
      }],
      ["m.room.history_visibility", "", { visibility: joinedOnly ? "joined" : "shared" }],
    );
    return new Model(kind, room, general, joinedOnly);
  }
  if (kind === "private") {
    const roles = {
      everyone: formatBits(bitsOf("VIEW_CHANNEL", "READ_HISTORY", "SEND")),
      roles: { insider: { position: 1, bits: "0" } },
    };
    const genesis = privateGenesis(world.rng, {
      creator: OLGA,
      guildId: roomIdFromHash(world.rng.bytes(32)),
      name: "private",
      topic: null,
      parent: null,
      order: 0,
      roles,
      federate: true,
      allowRoles: [],
    });
    const room = await world.create(genesis, OLGA);
    const visibility = joinedOnly ? "joined" : "shared";
    await world.change(room, OLGA, ["m.room.history_visibility", "", { visibility }]);
    return new Model(kind, room, MAIN_CHANNEL, joinedOnly);
  }
  if (kind === "dm") {
    const room = await world.create(dmGenesis(world.rng, { creator: OLGA, other: ANN }), OLGA);
    return new Model(kind, room, MAIN_CHANNEL, false);
  }
  const by = { sender: OLGA };
  const nonce = encodeBase58Of16(world.rng.bytes(16));
  const room = await world.create({
    create: { room_version: "og1", nonce, kind: "group_dm", federate: true },
    rest: [
      { ...by, type: "m.guild.owner", stateKey: "", content: { user: OLGA } },
      { ...by, type: "m.room.member", stateKey: OLGA, content: { membership: "join" } },
    ],
  }, OLGA);
  return new Model(kind, room, MAIN_CHANNEL, false);
}

/** One random thing happens; half of the time somebody says something. */
async function takeStep(world: RoomWorld, model: Model): Promise<void> {
  const { room, people, kind } = model;
  const chance = world.rng.below(12);
  const [user, person] = [...people][kind === "dm" ? 0 : world.rng.below(2)] as [UserId, Person];
  const tables = kind === "guild" || kind === "private";
  // A server that is shut out says nothing in the room itself.
  if (chance < 3 && !model.denied) await setJoined(world, model, user, !person.joined);
  else if (chance === 3 && tables && person.joined) {
    person.role = !person.role;
    const roles = person.role ? ["insider"] : [];
    await world.change(room, OLGA, ["m.guild.member_roles", user, { roles }]);
  } else if (chance === 4 && tables) {
    model.hidden = !model.hidden;
    await setEntries(world, model);
  } else if (chance === 5 && tables) {
    model.noHistory = !model.noHistory;
    await setEntries(world, model);
  } else if (chance === 6 && tables) {
    model.denied = !model.denied;
    const acl = { allow: ["*"], deny: model.denied ? ["two.*"] : [], allow_ip_literals: false };
    await world.change(room, OLGA, ["m.room.server_acl", "", acl]);
  } else await speak(world, model);
}

async function setJoined(
  world: RoomWorld,
  model: Model,
  user: UserId,
  joined: boolean,
): Promise<void> {
  const person = model.people.get(user) as Person;
  const { room, kind } = model;
  const member = (membership: string) => ["m.room.member", user, { membership }] as const;
  if (joined) {
    if (kind !== "dm") await world.change(room, OLGA, member("invite"));
    await world.change(room, user, member("join"));
  } else {
    const banned = kind === "guild" && world.rng.below(3) === 0;
    const kicked = kind !== "dm" && world.rng.below(2) === 0;
    if (banned) await world.change(room, OLGA, member("ban"), member("leave"));
    else await world.change(room, kicked ? OLGA : user, member("leave"));
  }
  person.joined = joined;
  person.role = false; // Leaving drops roles.
}

async function setEntries(world: RoomWorld, model: Model): Promise<void> {
  const deny = (model.hidden ? bitsOf("VIEW_CHANNEL") : 0n) |
    (model.noHistory ? bitsOf("READ_HISTORY") : 0n);
  const entries = [
    ...(deny === 0n ? [] : [{ target: "everyone", allow: "0", deny: formatBits(deny) }]),
    ...(model.hidden ? [{ target: "insider", allow: VIEW, deny: "0" }] : []),
  ];
  const content = { kind: "text", closed: false, entries };
  await world.change(model.room, OLGA, ["m.channel.policy", model.channelId, content]);
}

async function speak(world: RoomWorld, model: Model): Promise<void> {
  const body = `canary-${encodeBase58Of16(world.rng.bytes(16))}`;
  const { room, channelId } = model;
  const place = { sender: OLGA, channelId, body };
  const ill = world.rng.below(5);
  const event = ill === 0
    ? await world.store(room, { ...place, outcome: "soft_failed" })
    : ill === 1
    ? await world.store(room, { ...place, outcome: "rejected" })
    : await world.say(room, place);
  const seenBy = model.viewers();
  model.told.push({ id: event.id, body, channelId, seenBy, accepted: ill > 1 });
}

type Handler = ReturnType<typeof roomReadHandlers>[number];

/** All questions at one moment. Fails on the first answer that the model does not expect. */
async function lookEverywhere(
  world: RoomWorld,
  model: Model,
  handlers: readonly Handler[],
): Promise<{ questions: number; served: number }> {
  const { room, channelId } = model;
  const ask = (id: string, request: JsonObject) => answerOf(handlers, id, request);
  const readable = new Set(model.readable());
  const unknownRoom = roomIdFromHash(world.rng.bytes(32));
  const unknownChannel = encodeBase58Of16(world.rng.bytes(16));
  const unknownId = randomEventId(world.rng);
  const absent = await ask("backfill", { room_id: unknownRoom, channel_id: channelId, limit: 50 });
  const place = { room_id: room.id, channel_id: channelId };
  const told = model.told.map(({ id }) => id);
  const heads = (await (await world.reader.open(room.id))?.heads())?.control ?? [];
  const timeline: Record<string, string> = {
    getEvents: await ask("getEvents", { room_id: room.id, event_ids: told.slice(-100) }),
    backfill: await ask("backfill", { ...place, limit: 500 }),
    backfillFrom: await ask("backfill", { ...place, from: told, limit: 500 }),
    missingEvents: await ask("missingEvents", {
      ...place,
      latest: told.slice(-1),
      earliest: [],
      limit: 500,
    }),
    getHeads: await ask("getHeads", { room_id: room.id }),
  };
  let served = 0;
  for (const [question, answer] of Object.entries(timeline)) {
    for (const each of model.told) {
      const leaked = answer.includes(each.body) ||
        (answer.includes(each.id) && !readable.has(each.id) && question === "getHeads");
      assert.ok(
        !leaked || readable.has(each.id),
        `${question} tells ${each.body} of ${model.kind}`,
      );
      if (answer.includes(each.body)) served++;
    }
  }
  const bodies = model.told.filter(({ id }) => readable.has(id)).map(({ body }) => body);
  for (const question of ["getEvents", "backfill", "backfillFrom"]) {
    for (const body of bodies) {
      assert.ok(timeline[question]?.includes(body), `${question} keeps ${body} from who may read`);
    }
  }
  const control: Record<string, string> = {
    getState: await ask("getState", { room_id: room.id, event_id: heads[0] ?? "", limit: 500 }),
    getControl: await ask("getControl", { room_id: room.id, limit: 500 }),
    missingControl: await ask("missingEvents", {
      room_id: room.id,
      latest: [...heads],
      earliest: [],
      limit: 500,
    }),
  };
  for (const [question, answer] of Object.entries(control)) {
    const known = answer.includes("m.room.create");
    assert.equal(known, model.inRoom, `${question} of ${model.kind}`);
  }
  if (!model.inRoom) {
    const all = Object.values({ ...timeline, ...control });
    assert.deepEqual(new Set(all), new Set([absent]), "forbidden is unknown, byte for byte");
  } else if (!model.maySee) {
    const none = await ask("backfill", { ...place, channel_id: unknownChannel, limit: 500 });
    assert.equal(timeline["backfill"], none);
    assert.equal(none, absent);
  } else {
    const nothing = await ask("backfill", { ...place, from: [unknownId], limit: 500 });
    const secret = told.filter((id) => !readable.has(id));
    const ids = { room_id: room.id, event_ids: secret };
    assert.equal(
      await ask("getEvents", ids),
      await ask("getEvents", { ...ids, event_ids: [unknownId] }),
    );
    if (readable.size === 0) {
      assert.equal(await ask("backfill", { ...place, from: secret, limit: 500 }), nothing);
    }
  }
  await lookAtFiles(world, model, readable);
  return { questions: Object.keys(timeline).length + Object.keys(control).length + 1, served };
}

/** A file goes where its message may go, and nowhere else. */
async function lookAtFiles(
  world: RoomWorld,
  model: Model,
  readable: ReadonlySet<EventId>,
): Promise<void> {
  const { room } = model;
  for (const { id, accepted } of model.told) {
    const file = {
      size: 1,
      uses: () => Promise.resolve([{ kind: "event" as const, roomId: room.id, eventId: id }]),
      open: () => Promise.resolve(new Blob(["x"]).stream()),
    };
    const files = { find: () => Promise.resolve(file) };
    const handler = mediaHandler({ rooms: world.reader, clock: world.clock, files });
    const address = { server: "one.test", media_id: encodeBase58Of16(world.rng.bytes(16)) };
    const given = await handler.open(askedBy(TWO), address).then(
      async ({ body }) => {
        await body.cancel();
        return true;
      },
      (error: unknown) => {
        assert.ok(error instanceof OperationError && error.code === "not_found");
        return false;
      },
    );
    assert.equal(given, accepted && readable.has(id), `the file of ${id} in ${model.kind}`);
  }
}

async function answerOf(
  handlers: readonly Handler[],
  id: string,
  request: JsonObject,
): Promise<string> {
  const handler = handlers.find(({ operation }) => operation.id === id);
  assert.ok(handler, id);
  const operation: FederationOperation = handler.operation;
  try {
    const answer = await handler.answer(askedBy(TWO), operation.request.parse(request));
    operation.answer.parse(answer);
    return JSON.stringify(answer);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const { code, message, details } = error;
    return JSON.stringify({ code, message, details });
  }
}
