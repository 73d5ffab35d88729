import type { User } from "../../../core/api/user.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Sql } from "../../postgres/sql.ts";
import type { SyncToken } from "../../postgres/sync_token.ts";
import { loadUsers } from "../accounts/users.ts";

/** Clocks of a server's processes may differ by this much. */
const SKEW_MS = 60_000;

/**
 * People of these rooms who look different since a position, and perhaps some more: profiles
 * are in no log, so that the time of the last event read there decides.
 */
export async function changedProfiles(
  deps: { readonly sql: Sql },
  userId: UserId,
  query: {
    readonly since: SyncToken;
    readonly rooms: readonly RoomId[];
    readonly limit: number;
  },
): Promise<User[]> {
  const { rooms, limit } = query;
  const sinceTs = await timeOf(deps.sql, query) - SKEW_MS;
  const rows = await deps.sql<{ user_id: UserId }[]>`
    select p.user_id from profiles p
    where p.updated_ts > ${sinceTs} and (p.user_id = ${userId} or exists (
      select 1 from current_state s
      where s.type = 'm.room.member' and s.state_key = p.user_id
        and s.membership = 'join' and s.room_id = any(${[...rooms]})))
    order by p.updated_ts limit ${limit + 1}`;
  return [...(await loadUsers(deps, rows.map((row) => row.user_id))).values()];
}

/** When the last event that the position covers was stored (ms); 0 where it covers none. */
async function timeOf(
  sql: Sql,
  { since, rooms }: { readonly since: SyncToken; readonly rooms: readonly RoomId[] },
): Promise<number> {
  const writers = [...since.positions];
  const [row] = await sql<{ ts: number | null }[]>`
    select greatest(
      (select max(last.received_ts) from unnest(${[...rooms]}::text[]) as r(room_id)
        cross join lateral (
          select e.received_ts from events e
          where e.room_id = r.room_id and e.writer_id <= ${since.base}
          order by e.writer_id desc, e.position desc limit 1) last),
      (select max(last.received_ts) from unnest(${[...rooms]}::text[]) as r(room_id)
        cross join unnest(${writers.map(([writer]) => writer)}::int[],
          ${writers.map(([, position]) => position)}::bigint[]) as w(writer_id, upto)
        cross join lateral (
          select e.received_ts from events e
          where e.room_id = r.room_id and e.writer_id = w.writer_id and e.position <= w.upto
          order by e.position desc limit 1) last)) as ts`;
  return row?.ts ?? 0;
}
