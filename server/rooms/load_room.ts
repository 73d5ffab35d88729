import { assert } from "../../core/assert.ts";
import type { ControlEvent, HeldEvent, Pdu } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import {
  type ControlSource,
  RoomGraph,
  type RoomGraphOptions,
} from "../../core/state/room_graph.ts";
import {
  eventColumns,
  type EventRecord,
  readEvent,
  type StoredEvent,
} from "../postgres/event_rows.ts";
import type { Sql } from "../postgres/sql.ts";
import { loadStateGroup } from "../postgres/state_groups.ts";
import type { ControlTip } from "./control_tip.ts";

/** Events per query when a state is read back. */
const EVENTS_PER_QUERY = 5000;

/** A stored event as the core knows it. Its text is our own canonical JSON. */
export function heldOf(stored: StoredEvent): HeldEvent {
  return stored.held ?? {
    id: stored.eventId,
    hash: stored.hash,
    roomId: stored.roomId,
    pdu: JSON.parse(stored.pdu) as Pdu,
    withheld: stored.withheld,
  };
}

export interface LoadedControl {
  readonly tip: ControlTip;
  readonly graph: RoomGraph;
}

/**
 * The end of a room's control graph as stored, or undefined for a room that is not held.
 * `graph` is what is known of the room already.
 */
export async function loadControl(
  sql: Sql,
  roomId: RoomId,
  { known, options }: { readonly known?: RoomGraph; readonly options?: RoomGraphOptions } = {},
): Promise<LoadedControl | undefined> {
  const heads = await loadControlHeads(sql, roomId);
  const [first] = heads;
  if (first === undefined) return undefined;
  const graph = known ??
    new RoomGraph(controlSource(sql, roomId), await loadFacts(sql, roomId), options);
  const state = await graph.stateAfterAll(heads, { fullSetMax: Infinity });
  assert(state !== undefined, "a resolution without bound always ends");
  const authority = new Authority(state, graph.facts, graph.memo);
  const base = await graph.stateAfter(first);
  const [depth] = await loadDepths(sql, roomId, [first]);
  assert(depth !== undefined, `the state after control head ${first} is stored`);
  const group = { key: first, depth: depth.depth, state: base };
  return { tip: { roomId, state, authority, heads, group }, graph };
}

/** How many deltas lie below the states after these events. */
export async function loadDepths(
  sql: Sql,
  roomId: RoomId,
  ids: readonly EventId[],
): Promise<readonly { readonly group_key: EventId; readonly depth: number }[]> {
  if (ids.length === 0) return [];
  return await sql<{ group_key: EventId; depth: number }[]>`
    select group_key, depth from state_groups
    where room_id = ${roomId} and group_key = any(${[...ids]})`;
}

/** Where a room's graph is read from. */
export function controlSource(sql: Sql, roomId: RoomId): ControlSource {
  return {
    events: async () => (await loadControlGraph(sql, roomId)).values(),
    async stateAfter(id, known) {
      const group = await loadStateGroup(sql, roomId, id);
      assert(group !== undefined, `the state after control event ${id} is stored`);
      const ids = group.entries.map(([, , eventId]) => eventId);
      const missing = ids.filter((each) => known(each) === undefined);
      const read = await loadControlEvents(sql, roomId, missing);
      return ids.map((each) => {
        const event = known(each) ?? read.get(each);
        assert(event !== undefined, `state event ${each} is stored`);
        return event;
      });
    },
  };
}

async function loadFacts(sql: Sql, roomId: RoomId): Promise<RoomFacts> {
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from current_state s
    join events e on e.room_id = s.room_id and e.event_id = s.event_id
    where s.room_id = ${roomId} and s.type = 'm.room.create' and s.state_key = ''`;
  const [create] = rows.map((row) => heldOf(readEvent(row)) as ControlEvent);
  assert(create !== undefined, `room ${roomId} has its create event`);
  const facts = roomFacts(create);
  assert(facts !== undefined, `the create event of ${roomId} names a known kind`);
  return facts;
}

async function loadControlHeads(sql: Sql, roomId: RoomId): Promise<EventId[]> {
  const [row] = await sql<{ event_ids: EventId[] }[]>`
    select event_ids from graph_heads where room_id = ${roomId} and channel_id = ''`;
  return row?.event_ids ?? [];
}

async function loadControlEvents(
  sql: Sql,
  roomId: RoomId,
  ids: readonly EventId[],
): Promise<Map<EventId, ControlEvent>> {
  const events = new Map<EventId, ControlEvent>();
  for (let at = 0; at < ids.length; at += EVENTS_PER_QUERY) {
    const page = ids.slice(at, at + EVENTS_PER_QUERY);
    const rows = await sql<EventRecord[]>`
      select ${eventColumns(sql)} from events e
      where e.room_id = ${roomId} and e.event_id = any(${page})`;
    for (const row of rows) events.set(row.event_id, heldOf(readEvent(row)) as ControlEvent);
  }
  return events;
}

/** The whole control graph: what a fork needs to be resolved. */
export async function loadControlGraph(
  sql: Sql,
  roomId: RoomId,
): Promise<Map<EventId, ControlEvent>> {
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${roomId} and e.channel_id is null and e.outcome <> 'rejected'`;
  return new Map(rows.map((row) => [row.event_id, heldOf(readEvent(row)) as ControlEvent]));
}
