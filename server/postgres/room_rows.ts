import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "./row_kind.ts";

/** How one event moved the ends of a graph: its parents are no ends any more, it is one. */
export interface HeadMove {
  readonly roomId: RoomId;
  /** Absent: the control graph. */
  readonly channelId?: ChannelId;
  readonly remove: readonly EventId[];
  readonly add: readonly EventId[];
}

/**
 * Moves heads by difference: two processes that append to one graph at once leave both ends,
 * and the next event joins them.
 */
export const headMoves = defineRowKind<HeadMove>("head_moves", (sql, moves) => {
  const folded = new Map<string, { r: string; c: string; a: Set<string>; d: Set<string> }>();
  for (const move of moves) {
    const channel = move.channelId ?? "";
    const key = `${move.roomId} ${channel}`;
    const graph = folded.get(key) ?? { r: move.roomId, c: channel, a: new Set(), d: new Set() };
    folded.set(key, graph);
    for (const id of move.remove) {
      graph.a.delete(id);
      graph.d.add(id);
    }
    for (const id of move.add) graph.a.add(id);
  }
  const rows = [...folded.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, graph]) => ({ ...graph, a: [...graph.a], d: [...graph.d] }));
  return sql`
    insert into graph_heads (room_id, channel_id, event_ids, removed)
    select x.r, x.c, x.a, x.d
    from json_to_recordset(${recordset(sql, rows)}) as x(r text, c text, a text[], d text[])
    on conflict (room_id, channel_id) do update
    set removed = excluded.removed, event_ids = case
      when graph_heads.event_ids <@ excluded.removed then excluded.event_ids
      else array(
        select unnest(graph_heads.event_ids) except select unnest(excluded.removed)
        union select unnest(excluded.event_ids)
      ) end`;
});

/** A parent that an event names and we do not hold. */
export interface EventGap {
  readonly roomId: RoomId;
  readonly channelId: ChannelId;
  readonly eventId: EventId;
  readonly missingId: EventId;
}

export const eventGaps = defineRowKind<EventGap>("event_gaps", (sql, gaps) => {
  const rows = gaps.map((gap) => ({
    r: gap.roomId,
    c: gap.channelId,
    e: gap.eventId,
    m: gap.missingId,
  }));
  return sql`
    insert into event_gaps (room_id, missing_id, event_id, channel_id)
    select x.r, x.m, x.e, x.c
    from json_to_recordset(${recordset(sql, rows)}) as x(r text, m text, e text, c text)
    on conflict do nothing`;
});

/** A parent that was missing has come: its gaps are closed. */
export const closedGaps = defineRowKind<{ readonly roomId: RoomId; readonly missingId: EventId }>(
  "closed_gaps",
  (sql, closed) => {
    const rows = closed.map((gap) => ({ r: gap.roomId, m: gap.missingId }));
    return sql`
      delete from event_gaps g
      using json_to_recordset(${recordset(sql, rows)}) as x(r text, m text)
      where g.room_id = x.r and g.missing_id = x.m`;
  },
);

/** An entry of a room's present state; without `eventId` the key is taken away. */
export interface CurrentStateRow {
  readonly roomId: RoomId;
  readonly type: string;
  readonly stateKey: string;
  readonly eventId?: EventId;
  /** Of `m.room.member` alone. */
  readonly membership?: string;
  /** Words by which people look the entry up (a nickname); stored in lower case. */
  readonly label?: string;
}

interface EncodedState {
  r: string;
  t: string;
  k: string;
  e: string | null;
  m: string | null;
  l: string | null;
}

/** The last row of a key in a batch wins. */
export const currentState = defineRowKind<CurrentStateRow>("current_state", (sql, rows) => {
  const folded = new Map<string, EncodedState>();
  for (const row of rows) {
    folded.set(JSON.stringify([row.roomId, row.type, row.stateKey]), {
      r: row.roomId,
      t: row.type,
      k: row.stateKey,
      e: row.eventId ?? null,
      m: row.membership ?? null,
      l: row.label?.toLowerCase() ?? null,
    });
  }
  const sorted = [...folded.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return sql`
    insert into current_state (room_id, type, state_key, event_id, membership, label)
    select x.r, x.t, x.k, x.e, x.m, x.l
    from json_to_recordset(${recordset(sql, sorted)}) as x(r text, t text, k text, e text,
      m text, l text)
    on conflict (room_id, type, state_key) do update
    set event_id = excluded.event_id, membership = excluded.membership, label = excluded.label`;
});
