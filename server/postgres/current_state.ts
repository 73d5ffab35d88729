import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Queryable } from "./sql.ts";

export interface StateIndexEntry {
  readonly type: string;
  readonly stateKey: string;
  readonly eventId: EventId;
}

/** A room's present state as an index, of some types or of all. */
export async function loadCurrentState(
  sql: Queryable,
  roomId: RoomId,
  types?: readonly string[],
): Promise<readonly StateIndexEntry[]> {
  const rows = await sql<{ type: string; state_key: string; event_id: EventId }[]>`
    select type, state_key, event_id from current_state
    where room_id = ${roomId} and event_id is not null
      ${types === undefined ? sql`` : sql`and type = any(${[...types]})`}
    order by type, state_key`;
  return rows.map((row) => ({ type: row.type, stateKey: row.state_key, eventId: row.event_id }));
}

export interface MemberEntry {
  readonly userId: UserId;
  readonly eventId: EventId;
}

export interface MembersQuery {
  readonly roomId: RoomId;
  readonly membership: string;
  readonly limit: number;
  /** Continue after this user. */
  readonly after?: UserId;
  /** Part of the user's name or nickname, in any case. */
  readonly search?: string;
}

/** A page of a room's members by user id. */
export async function listMembers(
  sql: Queryable,
  query: MembersQuery,
): Promise<readonly MemberEntry[]> {
  const after = query.after === undefined ? sql`` : sql`and m.state_key > ${query.after}`;
  const words = query.search?.trim().toLowerCase() ?? "";
  const search = words === "" ? sql`` : sql`
    and (strpos(m.state_key, ${words}) > 0 or strpos(m.label, ${words}) > 0
      or strpos(p.label, ${words}) > 0)`;
  const rows = await sql<{ state_key: UserId; event_id: EventId }[]>`
    select m.state_key, m.event_id from current_state m
    left join current_state p on p.room_id = m.room_id and p.type = 'm.member.profile'
      and p.state_key = m.state_key
    where m.room_id = ${query.roomId} and m.type = 'm.room.member'
      and m.membership = ${query.membership} and m.event_id is not null ${after} ${search}
    order by m.state_key
    limit ${query.limit}`;
  return rows.map((row) => ({ userId: row.state_key, eventId: row.event_id }));
}

/** How many members of each membership a room has. */
export async function countMembers(
  sql: Queryable,
  roomId: RoomId,
): Promise<ReadonlyMap<string, number>> {
  const rows = await sql<{ membership: string; count: number }[]>`
    select membership, count(*) as count from current_state
    where room_id = ${roomId} and type = 'm.room.member' and event_id is not null
    group by membership`;
  return new Map(rows.map((row) => [row.membership, row.count]));
}
