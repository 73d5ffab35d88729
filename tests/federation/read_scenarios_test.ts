/**
 * Reading between servers, by the names under which the suites of Matrix (Complement, Sytest) know
 * such scenarios.
 */
import assert from "node:assert/strict";
import { OperationError } from "../../core/errors.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { JsonObject } from "../../core/event/json.ts";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { mediaHandler } from "../../federation/handle/media.ts";
import { roomReadHandlers } from "../../federation/handle/read_handlers.ts";
import { askedBy } from "../harness/asked_by.ts";
import { startServers } from "../harness/federated.ts";
import { makeGuild, type Person } from "../harness/homeserver.ts";
import { serverName, userId } from "../harness/events.ts";
import { openRoomWorld, type RoomWorld } from "../harness/room_world.ts";
import { waitFor } from "../harness/wait_for.ts";

const OLGA = userId("@olga:one.test");
const ANN = userId("@ann:two.test");
const ASKED = askedBy(serverName("two.test"));
const WAIT_MS = 120_000;

async function openGuild(world: RoomWorld) {
  const made = await world.guild(OLGA);
  await world.change(made.room, OLGA, ["m.room.member", ANN, { membership: "invite" }]);
  await world.change(made.room, ANN, ["m.room.member", ANN, { membership: "join" }]);
  const said = await world.say(made.room, {
    sender: OLGA,
    channelId: made.general,
    body: "said here",
  });
  return { ...made, said };
}

function asker(world: RoomWorld) {
  const handlers = roomReadHandlers({
    rooms: world.reader,
    clock: world.clock,
    blake3: nobleBlake3,
    keys: { proofs: () => Promise.resolve([]) },
  });
  return async (id: string, request: JsonObject): Promise<string> => {
    const handler = handlers.find(({ operation }) => operation.id === id);
    assert.ok(handler);
    const operation: FederationOperation = handler.operation;
    try {
      return JSON.stringify(await handler.answer(ASKED, operation.request.parse(request)));
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      return error.code;
    }
  };
}

Deno.test("Backfill checks the events requested belong to the room", async () => {
  await using world = await openRoomWorld();
  const [here, there] = [await openGuild(world), await openGuild(world)];
  const ask = asker(world);
  const place = { room_id: here.room.id, channel_id: here.general, limit: 10 };
  const foreign = await ask("backfill", { ...place, from: [there.said.id] });
  assert.deepEqual(JSON.parse(foreign).pdus, []);
  const ids = { room_id: here.room.id, event_ids: [there.said.id] };
  assert.deepEqual(JSON.parse(await ask("getEvents", ids)).pdus, []);
  const wrong = { ...place, channel_id: there.general, from: [there.said.id] };
  assert.equal(await ask("backfill", wrong), "not_found", "nor does a channel of another room");
});

Deno.test("Backfilled events whose prev_events are in a different room do not allow cross-room back-pagination", async () => {
  await using world = await openRoomWorld();
  const [here, there] = [await openGuild(world), await openGuild(world)];
  const other = await world.say(there.room, {
    sender: OLGA,
    channelId: there.general,
    body: "a word of the other room",
  });
  const bridge = await world.store(here.room, {
    sender: OLGA,
    channelId: here.general,
    body: "a bridge",
    outcome: "accepted",
    prevEvents: [other.id, here.said.id],
  });
  const ask = asker(world);
  const place = { room_id: here.room.id, channel_id: here.general, limit: 50 };
  const answer = await ask("backfill", { ...place, from: [bridge.id] });
  assert.ok(answer.includes("a bridge") && answer.includes("said here"));
  assert.ok(!answer.includes("a word of the other room"));
  const missing = { ...place, latest: [bridge.id], earliest: [] };
  assert.ok(!(await ask("missingEvents", missing)).includes("a word of the other room"));
});

Deno.test("Getting state IDs checks the events requested belong to the room", async () => {
  await using world = await openRoomWorld();
  const [here, there] = [await openGuild(world), await openGuild(world)];
  const foreign = there.room.authority.view.get("m.room.member", ANN);
  const own = here.room.authority.view.get("m.room.member", ANN);
  assert.ok(foreign && own);
  const ask = asker(world);
  const state = (event_id: string) =>
    ask("getState", { room_id: here.room.id, event_id, limit: 500 });
  assert.equal(await state(foreign.id), "not_found");
  assert.equal(await state(here.said.id), "not_found", "a message has no state of its own");
  assert.ok((await state(own.id)).includes("m.room.create"));
});

Deno.test("Banned servers cannot backfill, get missing events, events, room state, control events, heads and files", async () => {
  await using world = await openRoomWorld();
  const { room, general, said } = await openGuild(world);
  const ask = asker(world);
  const [head] = (await (await world.reader.open(room.id))?.heads())?.control ?? [];
  assert.ok(head);
  const questions: [string, JsonObject][] = [
    ["backfill", { channel_id: general, limit: 10 }],
    ["missingEvents", { channel_id: general, latest: [said.id], earliest: [], limit: 10 }],
    ["getEvents", { event_ids: [said.id] }],
    ["getState", { event_id: head, limit: 10 }],
    ["getControl", { limit: 10 }],
    ["getHeads", {}],
  ];
  const file = mediaHandler({
    rooms: world.reader,
    clock: world.clock,
    files: {
      find: () =>
        Promise.resolve({
          size: 1,
          uses: () =>
            Promise.resolve([{ kind: "event" as const, roomId: room.id, eventId: said.id }]),
          open: () => Promise.resolve(new Blob(["x"]).stream()),
        }),
    },
  });
  const address = { server: "one.test", media_id: "8FyqfTvsqV1HMzCTqAENWY" };
  for (const [id, request] of questions) {
    assert.notEqual(await ask(id, { room_id: room.id, ...request }), "not_found", id);
  }
  await (await file.open(ASKED, address)).body.cancel();
  const acl = { allow: ["*"], deny: ["TWO.*"], allow_ip_literals: false };
  await world.change(room, OLGA, ["m.room.server_acl", "", acl]);
  for (const [id, request] of questions) {
    assert.equal(await ask(id, { room_id: room.id, ...request }), "not_found", id);
  }
  await assert.rejects(file.open(ASKED, address), OperationError);
});

Deno.test("TestLeaveEventVisibility: who has left is told nothing, not even of his time", async () => {
  await using world = await openRoomWorld();
  const { room, general, said } = await openGuild(world);
  const ask = asker(world);
  const event = { room_id: room.id, event_ids: [said.id] };
  assert.ok((await ask("getEvents", event)).includes("said here"));
  await world.change(room, ANN, ["m.room.member", ANN, { membership: "leave" }]);
  assert.equal(await ask("getEvents", event), "not_found");
  const page = { room_id: room.id, channel_id: general, limit: 10 };
  assert.equal(await ask("backfill", page), "not_found");
});

Deno.test("TestGetMissingEventsGapFilling: what a third server says brings what a cut kept away", async () => {
  await using federation = await startServers(3);
  const [one, two, three] = federation.servers;
  assert.ok(one && two && three);
  const { owner, guildId, general } = await makeGuild(one, ["olga"]);
  const { code } = await owner.do("POST", "/invites", { guild_id: guildId });
  const people: Person[] = [];
  for (const server of [two, three]) {
    const person = await server.register("bea");
    await person.do("POST", "/join", { link: `${code}@one.test` });
    people.push(person);
  }
  const [bea, cid] = people;
  assert.ok(bea && cid);
  const send = (person: Person, body: string) =>
    person.do("POST", `/rooms/${guildId}/send`, { channel_id: general, body });
  const bodies = async (person: Person): Promise<string[]> => {
    const page = await person.do("GET", `/rooms/${guildId}/messages?channel_id=${general}`);
    return page.messages.map(({ body }: { body: string }) => body);
  };
  for (const person of people) {
    await waitFor(
      "all to know each other",
      async () =>
        (await person.do("GET", `/guilds/${guildId}`)).checking === null &&
        (await person.do("GET", `/guilds/${guildId}/members`)).total === 3,
      WAIT_MS,
    );
  }
  await send(owner, "before the cut");
  await waitFor("the first word", async () => (await bodies(bea)).length === 1, WAIT_MS);
  federation.cut(0, 1);
  for (let n = 0; n < 5; n++) await send(owner, `in the cut ${n}`);
  await waitFor("three to have it", async () => (await bodies(cid)).length === 6, WAIT_MS);
  await send(cid, "from the third");
  await waitFor("two to have it all", async () => (await bodies(bea)).length === 7, WAIT_MS);
  assert.deepEqual(await bodies(bea), await bodies(cid));
});
