import { assert } from "../../core/assert.ts";
import type { ControlEvent, HeldEvent, Pdu } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";
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
  /** The whole control graph, where it ended in several heads that were resolved. */
  readonly forked: ReadonlyMap<EventId, ControlEvent> | undefined;
}

/** The end of a room's control graph as stored, or undefined for a room that is not held. */
export async function loadControl(sql: Sql, roomId: RoomId): Promise<LoadedControl | undefined> {
  const heads = await loadControlHeads(sql, roomId);
  if (heads.length === 0) return undefined;
  const groups = await Promise.all(heads.map((id) => loadStateGroup(sql, roomId, id)));
  const ids = new Set<EventId>();
  for (const [at, group] of groups.entries()) {
    assert(group !== undefined, `the state after control head ${heads[at]} is stored`);
    for (const [, , eventId] of group.entries) ids.add(eventId);
  }
  const events = heads.length === 1
    ? await loadControlEvents(sql, roomId, [...ids])
    : await loadControlGraph(sql, roomId);
  const states = groups.map((group) =>
    StateMap.from((group?.entries ?? []).map(([, , id]) => held(events, id)))
  );
  const [first] = states;
  const create = first?.get("m.room.create", "");
  assert(first !== undefined && create !== undefined, `room ${roomId} has its create event`);
  const facts = roomFacts(create);
  assert(facts !== undefined, `the create event of ${roomId} names a known kind`);
  const [group] = groups;
  if (heads.length === 1 && group !== undefined) {
    const authority = new Authority(first, facts);
    const stored = { key: group.key, depth: group.depth };
    return { tip: { roomId, state: first, authority, heads, group: stored }, forked: undefined };
  }
  const graph = new AuthGraph({ get: (id) => events.get(id) }, facts);
  const resolution = resolve(states, { graph, fullSetMax: Infinity });
  assert(resolution.kind === "resolved", "a resolution without bound always ends");
  const { state } = resolution;
  const authority = new Authority(state, facts);
  return { tip: { roomId, state, authority, heads, group: undefined }, forked: events };
}

function held(events: ReadonlyMap<EventId, ControlEvent>, id: EventId): ControlEvent {
  const event = events.get(id);
  assert(event !== undefined, `state event ${id} is stored`);
  return event;
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
