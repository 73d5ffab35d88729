/** What servers read from each other in pages: order, bounds, and that nothing is left out. */
import assert from "node:assert/strict";
import type { z } from "zod";
import { nobleBlake3 } from "../../core/event/hash.ts";
import type { ControlEvent, Pdu } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { parsePdu } from "../../core/event/parse_pdu.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { backfillHandler } from "../../federation/handle/backfill.ts";
import { controlHandler } from "../../federation/handle/control.ts";
import { headsHandler } from "../../federation/handle/heads.ts";
import { missingEventsHandler } from "../../federation/handle/missing_events.ts";
import { stateHandler } from "../../federation/handle/state.ts";
import { readControlPage } from "../../server/federation/control_pages.ts";
import { fitting, PAGE_BYTES } from "../../federation/handle/pdu_page.ts";
import { heldOf } from "../../server/rooms/load_room.ts";
import { askedBy } from "../harness/asked_by.ts";
import { serverName, userId } from "../harness/events.ts";
import { someControlEvent, someRoomId } from "../harness/log_rows.ts";
import { openRoomWorld, type RoomWorld } from "../harness/room_world.ts";

const OLGA = userId("@olga:one.test");
const ANN = userId("@ann:two.test");
const ASKED = askedBy(serverName("two.test"));

function depsOf(world: RoomWorld) {
  return {
    rooms: world.reader,
    clock: world.clock,
    blake3: nobleBlake3,
    keys: { proofs: () => Promise.resolve([]) },
  };
}

async function guildWithAnn(world: RoomWorld) {
  const made = await world.guild(OLGA);
  await world.change(made.room, OLGA, ["m.room.member", ANN, { membership: "invite" }]);
  await world.change(made.room, ANN, ["m.room.member", ANN, { membership: "join" }]);
  return made;
}

function idOf(pdu: unknown, roomId: string): EventId {
  const outcome = parsePdu(new TextEncoder().encode(JSON.stringify(pdu)));
  assert.equal(outcome.kind, "event", `${JSON.stringify(outcome)} in ${roomId}`);
  return (outcome as Extract<typeof outcome, { kind: "event" }>).event.id;
}

/** Rows of these tests are no real events: only their order is looked at. */
const UNLOOKED = { isIntact: () => true };

Deno.test("history comes newest first in chained pages, and what lies between oldest first", async () => {
  await using world = await openRoomWorld();
  const { room, general } = await guildWithAnn(world);
  const said: EventId[] = [];
  for (let n = 0; n < 25; n++) {
    said.push((await world.say(room, { sender: OLGA, channelId: general, body: `${n}` })).id);
  }
  const place = { room_id: room.id, channel_id: general };
  const backfill = backfillHandler(depsOf(world));
  const read: EventId[] = [];
  let from: EventId[] | undefined;
  while (from === undefined || from.length > 0) {
    const request = { ...place, limit: 10, ...(from === undefined ? {} : { from }) };
    const { pdus } = await backfill.answer(ASKED, request);
    assert.ok(pdus.length <= 10);
    read.push(...pdus.map((pdu) => idOf(pdu, room.id)));
    from = pdus.length === 0 ? [] : [...(pdus.at(-1) as unknown as Pdu).prev_events];
  }
  assert.deepEqual(read, said.toReversed());

  const missing = missingEventsHandler(depsOf(world));
  const between = async (earliest: EventId[], latest: EventId[], limit: number) => {
    const answer = await missing.answer(ASKED, { ...place, earliest, latest, limit });
    return answer.pdus.map((pdu) => idOf(pdu, room.id));
  };
  const at = (n: number) => said[n] as EventId;
  assert.deepEqual(await between([at(3)], [at(9)], 50), said.slice(4, 9));
  assert.deepEqual(await between([at(3)], [at(20)], 5), said.slice(15, 20), "next to the latest");
  assert.deepEqual(await between([at(9)], [at(3)], 50), [], "what is known is left out");
});

Deno.test("the state of a control event and the control graph, page by page, parents first", async () => {
  await using world = await openRoomWorld();
  const { room } = await guildWithAnn(world);
  for (let n = 0; n < 40; n++) {
    await world.change(room, OLGA, ["m.guild.meta", "", { name: `name ${n}` }]);
  }
  const control = controlHandler(depsOf(world));
  const graph = new Map<EventId, Pdu>();
  let from: string | null | undefined;
  while (from !== null) {
    const request = { room_id: room.id, limit: 7, ...(from === undefined ? {} : { from }) };
    const page = await control.answer(ASKED, request);
    for (const pdu of page.pdus as unknown as Extract<Pdu, { auth_events: unknown }>[]) {
      for (const id of [...pdu.prev_events, ...pdu.auth_events]) assert.ok(graph.has(id));
      graph.set(idOf(pdu, room.id), pdu);
    }
    assert.equal(page.total, 53);
    from = page.next;
  }
  assert.equal(graph.size, 53);

  const heads = await headsHandler(depsOf(world)).answer(ASKED, { room_id: room.id });
  const [head] = heads.control as EventId[];
  assert.ok(head !== undefined && heads.control.length === 1);
  const state = stateHandler(depsOf(world));
  const chain = new Map<EventId, unknown>();
  let ids: readonly EventId[] = [];
  from = undefined as string | null | undefined;
  while (from !== null) {
    const request = { room_id: room.id, event_id: head, limit: 9 };
    const page: z.input<typeof state.operation.answer> = await state.answer(ASKED, {
      ...request,
      ...(from === undefined ? {} : { from }),
    });
    if (page.state !== undefined) ids = page.state as EventId[];
    for (const pdu of page.pdus) chain.set(idOf(pdu, room.id), pdu);
    from = page.next;
  }
  assert.equal(ids.length, [...room.authority.view.entries()].length);
  for (const id of ids) assert.ok(chain.has(id));
  for (const pdu of chain.values() as Iterable<{ auth_events: EventId[] }>) {
    for (const id of pdu.auth_events) assert.ok(chain.has(id), "the auth chain is whole");
  }
  const rebuilt = StateMap.from([...room.authority.view.entries()].map(([, event]) => event));
  assert.equal(heads.state_hash, stateHash(rebuilt));
  await world.change(room, OLGA, ["m.guild.meta", "", { name: "another" }]);
  const later = await headsHandler(depsOf(world)).answer(ASKED, { room_id: room.id });
  assert.notEqual(later.state_hash, heads.state_hash);
});

Deno.test("pages of the largest events stay below what an answer may have", async () => {
  await using world = await openRoomWorld();
  const roomId = someRoomId();
  const ids: EventId[] = [];
  const rows = Array.from({ length: 400 }, (_, n) => {
    const type = "m.room.member";
    const row = someControlEvent(roomId, { type, stateKey: `@u${n}:two.test` });
    const pdu = {
      type,
      prev_events: ids.slice(-1),
      auth_events: [],
      content: { pad: "ü".repeat(32_000) },
    };
    ids.push(row.eventId);
    return { ...row, receivedTs: row.receivedTs + n, pdu: JSON.stringify(pdu) };
  });
  for (let at = 0; at < rows.length; at += 50) await world.append(roomId, rows.slice(at, at + 50));
  const seen: EventId[] = [];
  let from: string | null | undefined;
  let largest = 0;
  for (; from !== null;) {
    const query = { roomId, limit: 500, ...(from === undefined ? {} : { from }) };
    const page = await readControlPage(world.sql, UNLOOKED, query);
    const bytes = new TextEncoder().encode(JSON.stringify(page.events.map(({ pdu }) => pdu)));
    largest = Math.max(largest, bytes.length);
    seen.push(...page.events.map(({ id }) => id));
    from = page.next;
  }
  assert.deepEqual(seen, ids);
  assert.ok(largest <= PAGE_BYTES && largest > PAGE_BYTES / 2, `${largest} bytes`);
  const events = rows.map((row) => heldOf({ ...row, writerId: 1, position: 1 }));
  const first = fitting(events);
  assert.ok(first.length > 100 && first.length < 200);
  assert.equal(fitting(events.slice(0, 1)).length, 1);
});

Deno.test("30,000 control events in pages, parents first though clocks of processes differ", async () => {
  await using world = await openRoomWorld();
  const roomId = someRoomId();
  const count = 30_000;
  const rows = [];
  const ids: EventId[] = [];
  const receivedTs = 1_800_000_000_000;
  for (let n = 0; n < count; n++) {
    const type = "m.room.member";
    const row = someControlEvent(roomId, { type, stateKey: `@u${n}:two.test` });
    const prev = ids.slice(-1);
    const auth = n > 10 ? [ids[n >> 1] as EventId, ids[3] as EventId] : [];
    const pdu = { type, state_key: row.stateKey, prev_events: prev, auth_events: auth };
    // Every hundredth was received by a process whose clock is a second ahead.
    const skew = n % 100 === 50 ? 1000 : 0;
    const text = JSON.stringify({ ...pdu, content: { pad: "x".repeat(900) } });
    rows.push({ ...row, receivedTs: receivedTs + n + skew, pdu: text });
    ids.push(row.eventId);
  }
  for (let at = 0; at < count; at += 1000) {
    await world.append(roomId, rows.slice(at, at + 1000));
  }
  const seen = new Set<EventId>();
  let given = 0;
  let pages = 0;
  let from: string | null | undefined;
  const began = performance.now();
  for (; from !== null; pages++) {
    const page = await readControlPage(world.sql, UNLOOKED, {
      roomId,
      limit: 500,
      ...(from === undefined ? {} : { from }),
    });
    assert.ok(page.events.length <= 500 && page.total === count);
    for (const { id, pdu } of page.events as readonly ControlEvent[]) {
      for (const cited of [...pdu.prev_events, ...pdu.auth_events]) {
        assert.ok(seen.has(cited), "a parent comes first");
      }
      seen.add(id);
    }
    given += page.events.length;
    from = page.next;
  }
  assert.equal(seen.size, count);
  assert.ok(given < count * 1.1, `${given} events for ${count}`);
  console.log(`${pages} pages, ${given} events, ${Math.round(performance.now() - began)} ms`);
});
