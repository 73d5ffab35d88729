import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { defineRowKind, recordset } from "./row_kind.ts";
import type { Queryable } from "./sql.ts";

/** One key of a state map; without an event the key is taken away. */
export type StateEntry = readonly [type: string, stateKey: string, eventId: EventId | null];

/**
 * A state map, stored as what changed since another group or, as a snapshot, in full. `key` is
 * the id of the event whose after-state it is, or the sorted ids of the heads it was resolved
 * from, joined with a comma.
 */
export interface StateGroupRow {
  readonly roomId: RoomId;
  readonly key: string;
  /** Absent on a snapshot. */
  readonly baseKey?: string;
  /** Deltas between this group and its snapshot; 0 on a snapshot. */
  readonly depth: number;
  readonly entries: readonly StateEntry[];
}

/** A chain of deltas is never shorter than this before it is cut by a snapshot. */
export const SNAPSHOT_DEPTH_MIN = 64;
/** Nor longer than this: loading a group reads at most so many rows. */
export const SNAPSHOT_DEPTH_MAX = 1024;
/** A chain may grow by one delta for so many keys of the state. */
const KEYS_PER_DELTA = 8;

/**
 * The depth at which a state of `size` keys is stored as a snapshot: an eighth of its keys, so
 * that a change costs about eight keys of storage however large the room is.
 */
export function snapshotDepth(size: number): number {
  const depth = Math.floor(size / KEYS_PER_DELTA);
  return Math.min(Math.max(depth, SNAPSHOT_DEPTH_MIN), SNAPSHOT_DEPTH_MAX);
}

export interface NextStateGroup {
  readonly roomId: RoomId;
  readonly key: string;
  /** The group it follows; absent on the first of a room. */
  readonly base?: { readonly key: string; readonly depth: number };
  /** What differs from the base. */
  readonly changed: readonly StateEntry[];
  /** How many keys the whole state has. */
  readonly size: number;
  /** The whole state; asked for when a snapshot is due. */
  readonly full: () => Iterable<StateEntry>;
}

/** Decides between delta and snapshot. */
export function nextStateGroup(next: NextStateGroup): StateGroupRow {
  const { roomId, key, base } = next;
  if (base && base.depth + 1 < snapshotDepth(next.size)) {
    return { roomId, key, baseKey: base.key, depth: base.depth + 1, entries: next.changed };
  }
  return { roomId, key, depth: 0, entries: [...next.full()] };
}

/** The first writer of a group wins: the same key always means the same state. */
export const stateGroups = defineRowKind<StateGroupRow>("state_groups", (sql, groups) => {
  const rows = groups.map((group) => ({
    r: group.roomId,
    g: group.key,
    b: group.baseKey,
    d: group.depth,
    e: JSON.stringify(group.entries),
  }));
  return sql`
    insert into state_groups (room_id, group_key, base_key, depth, entries)
    select x.r, x.g, x.b, x.d, x.e
    from json_to_recordset(${recordset(sql, rows)}) as x(r text, g text, b text, d int, e text)
    on conflict (room_id, group_key) do nothing`;
});

export interface StateGroup {
  readonly key: string;
  readonly depth: number;
  /** `[type, state_key, event_id]` of every key. */
  readonly entries: readonly (readonly [type: string, stateKey: string, eventId: EventId])[];
}

/** The whole state of a group; absent when it is not stored. */
export async function loadStateGroup(
  sql: Queryable,
  roomId: RoomId,
  key: string,
): Promise<StateGroup | undefined> {
  const rows = await sql<{ depth: number; entries: string }[]>`
    with recursive chain as (
      select base_key, depth, entries from state_groups
      where room_id = ${roomId} and group_key = ${key}
      union all
      select g.base_key, g.depth, g.entries from chain c
      join state_groups g on g.room_id = ${roomId} and g.group_key = c.base_key
    )
    select depth, entries from chain order by depth`;
  const last = rows.at(-1);
  if (!last) return undefined;
  if (rows[0]?.depth !== 0) throw new Error(`State group ${key} of ${roomId} has no snapshot.`);
  const state = new Map<string, readonly [string, string, EventId]>();
  for (const row of rows) {
    for (const [type, stateKey, eventId] of JSON.parse(row.entries) as StateEntry[]) {
      const mapKey = JSON.stringify([type, stateKey]);
      if (eventId === null) state.delete(mapKey);
      else state.set(mapKey, [type, stateKey, eventId]);
    }
  }
  return { key, depth: last.depth, entries: [...state.values()] };
}
