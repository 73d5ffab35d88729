import { type MissedCall, RINGING } from "../../../core/api/ringing.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { unknownUser } from "../messages/project_messages.ts";

/** More than this is not counted. */
const COUNT_MAX = 99;

export interface Missed {
  readonly userId: UserId;
  readonly roomId: RoomId;
  readonly by: UserId;
  readonly ts: number;
}

export async function noteMissed(sql: Queryable, missed: readonly Missed[]): Promise<void> {
  for (const { userId, roomId, by, ts } of missed) {
    await sql`
      insert into missed_calls (user_id, room_id, by_id, ts, count)
      values (${userId}, ${roomId}, ${by}, ${ts}, 1)
      on conflict (user_id, room_id) do update set by_id = excluded.by_id, ts = excluded.ts,
        count = least(missed_calls.count + 1, ${COUNT_MAX})`;
  }
}

/** Resolves whether there was one. */
export async function forgetMissed(
  sql: Queryable,
  { userId, roomId }: { readonly userId: UserId; readonly roomId: string },
): Promise<boolean> {
  const rows = await sql`
    delete from missed_calls where user_id = ${userId} and room_id = ${roomId} returning 1`;
  return rows.length > 0;
}

/** Missed calls of the conversations that the user is still in, the latest first. */
export async function listMissed(
  deps: Pick<ChatDeps, "sql" | "users">,
  userId: UserId,
): Promise<MissedCall[]> {
  const rows = await deps.sql<{ room_id: RoomId; by_id: UserId; ts: number; count: number }[]>`
    select m.room_id, m.by_id, m.ts, m.count from missed_calls m
    join current_state s on s.room_id = m.room_id and s.type = 'm.room.member'
      and s.state_key = ${userId} and s.membership = 'join'
    where m.user_id = ${userId} order by m.ts desc limit ${RINGING.missed}`;
  const people = await deps.users.find(rows.map(({ by_id }) => by_id));
  return rows.map(({ room_id, by_id, ts, count }) => ({
    room_id,
    channel_id: MAIN_CHANNEL,
    by: people.get(by_id) ?? unknownUser(by_id),
    ts,
    count,
  }));
}

export async function sweepMissed(sql: Queryable, nowMs: number): Promise<void> {
  await sql`delete from missed_calls where ts < ${nowMs - RINGING.missedMs}`;
}
