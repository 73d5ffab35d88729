import { assert } from "../../core/assert.ts";
import { type ControlEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { GraphEnd, Known, NewEvent, RoomChange } from "../../federation/inbound/ports.ts";
import type { EventRow } from "../postgres/event_rows.ts";
import { closedGaps, currentState, eventGaps, headMoves } from "../postgres/room_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import type { Sql } from "../postgres/sql.ts";
import { stateGroups } from "../postgres/state_groups.ts";
import type { ChannelMove } from "../rooms/channel_tip.ts";
import {
  type ControlTip,
  currentRowAt,
  type GroupBase,
  stateGroupAfter,
} from "../rooms/control_tip.ts";
import { loadDepths } from "../rooms/load_room.ts";
import type { Received, Room } from "../rooms/room.ts";
import { rivalRows } from "./owner_rivals.ts";
import { effectsOf } from "./received_effects.ts";
import { receiptRows } from "./receipts.ts";

/** What a turn has decided, as rows of one entry of the append log. */
export async function receivedOf(sql: Sql, room: Room, change: RoomChange): Promise<Received> {
  const { rows: groupRows, groups } = await stateGroupsOf(sql, room, change);
  const { resolvedBy, end } = change;
  return {
    events: change.events.map(rowOf),
    updates: change.changed.map(rowOf),
    rows: [
      ...groupRows,
      ...headRows(room, change),
      ...(end === undefined ? [] : currentRows(room, end)),
      ...gapRows(room, change),
      ...await effectsOf(room, change),
      ...await rivalRows(sql, room, change),
      ...change.events.flatMap((event) => receiptOf(event)),
    ],
    channels: channelMoves(change),
    forked: change.forked,
    ...(end === undefined ? {} : { tip: tipOf(room, end, groups) }),
    ...(resolvedBy === undefined ? {} : { resolvedBy }),
  };
}

/** An event as the log stores it. */
export function rowOf(known: Known): EventRow {
  const { event, order, redactedBy } = known;
  const { pdu } = event;
  return {
    roomId: event.roomId,
    eventId: event.id,
    hash: event.hash,
    type: pdu.type,
    sender: pdu.sender,
    originTs: pdu.origin_ts,
    outcome: known.outcome,
    receivedTs: known.receivedTs,
    withheld: event.withheld,
    pdu: writeCanonical(pdu as unknown as JsonObject),
    held: event,
    ...("state_key" in pdu && pdu.state_key !== undefined ? { stateKey: pdu.state_key } : {}),
    ...("channel_id" in pdu ? { channelId: pdu.channel_id } : {}),
    ...(order === undefined ? {} : { order }),
    ...(redactedBy === undefined ? {} : { redactedBy }),
  };
}

/**
 * States after control events, each told by its difference to that after a parent, so that an
 * event far from the end costs no more than one at it.
 */
async function stateGroupsOf(sql: Sql, room: Room, change: RoomChange) {
  const made = new Map<EventId, GroupBase>();
  const rows: TaggedRow[] = [];
  const parents = change.events.flatMap((event) =>
    event.after === undefined ? [] : event.event.pdu.prev_events
  );
  const own = new Set(change.events.map(({ event }) => event.id));
  const depths = new Map(
    (await loadDepths(sql, room.id, [...new Set(parents)].filter((id) => !own.has(id))))
      .map((row) => [row.group_key, row.depth]),
  );
  for (const { event, after } of change.events) {
    if (after === undefined || !isControlEvent(event)) continue;
    const base = await nearestBase(room, event, { made, depths, after });
    const row = stateGroupAfter(event, { state: after, base });
    rows.push(stateGroups.of(row));
    made.set(event.id, { key: row.key, depth: row.depth, state: after });
  }
  return { rows, groups: made };
}

/** The parent after which the state differs least. */
async function nearestBase(
  room: Room,
  event: ControlEvent,
  { made, depths, after }: {
    readonly made: ReadonlyMap<EventId, GroupBase>;
    readonly depths: ReadonlyMap<EventId, number>;
    readonly after: NonNullable<NewEvent["after"]>;
  },
): Promise<GroupBase> {
  let nearest: { readonly base: GroupBase; readonly distance: number } | undefined;
  for (const id of event.pdu.prev_events) {
    const depth = depths.get(id);
    const base = made.get(id) ??
      (depth === undefined
        ? undefined
        : { key: id, depth, state: await room.graph.stateAfter(id) });
    if (base === undefined) continue;
    const distance = [...base.state.differing(after)].length;
    if (nearest === undefined || distance < nearest.distance) nearest = { base, distance };
  }
  assert(nearest !== undefined, `the state after a parent of ${event.id} is stored`);
  return nearest.base;
}

function headRows(room: Room, { moves }: RoomChange): TaggedRow[] {
  return moves.map(({ channelId, remove, add }) =>
    headMoves.of({
      roomId: room.id,
      ...(channelId === undefined ? {} : { channelId }),
      remove,
      add: add.map(({ id }) => id),
    })
  );
}

function channelMoves({ moves }: RoomChange): ChannelMove[] {
  return moves.flatMap(({ channelId, remove, add }) =>
    channelId === undefined ? [] : [{ channelId, remove, add }]
  );
}

/** What differs between the present state and the one that follows. */
function currentRows(room: Room, end: GraphEnd): TaggedRow[] {
  return [...room.tip.state.differing(end.state)].map((address) =>
    currentState.of(currentRowAt(room.id, end.state, address))
  );
}

function gapRows(room: Room, change: RoomChange): TaggedRow[] {
  const closed = change.closed.map((missingId) => closedGaps.of({ roomId: room.id, missingId }));
  // A gap that opened and closed in one turn was never there.
  const come = new Set(change.closed);
  const opened = change.events.flatMap(({ event, gaps }) =>
    isTimelineEvent(event)
      ? gaps.filter((missingId) => !come.has(missingId)).map((missingId) =>
        eventGaps.of({
          roomId: room.id,
          channelId: event.pdu.channel_id,
          eventId: event.id,
          missingId,
        })
      )
      : []
  );
  return [...closed, ...opened];
}

function tipOf(
  room: Room,
  end: GraphEnd,
  groups: ReadonlyMap<EventId, GroupBase>,
): ControlTip {
  const group = end.heads.map((id) => groups.get(id)).find((each) => each !== undefined);
  return { ...end, roomId: room.id, group: group ?? room.tip.group };
}

function receiptOf({ event, outcome, reason, door, origin, receivedTs }: NewEvent): TaggedRow[] {
  if (outcome === "accepted") return [];
  return [receiptRows.of({
    receivedTs,
    door,
    origin,
    outcome,
    reason: reason ?? "",
    roomId: event.roomId,
    eventId: event.id,
    sender: event.pdu.sender,
    type: event.pdu.type,
  })];
}
