import type { SeenMark } from "../../../core/api/gateway.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** The other one of a conversation. */
export function otherOf(room: Room, userId: UserId): UserId | undefined {
  return room.authority.room.users.find((each) => each !== userId);
}

/**
 * How far the other ones of conversations have read. Only where both sides tell it
 * (`share_read`), and not where the other has blocked the viewer: absent looks like unread.
 */
export async function seenByOthers(
  deps: Pick<ChatDeps, "sql" | "preferences">,
  userId: UserId,
  rooms: readonly Room[],
): Promise<ReadonlyMap<RoomId, SeenMark>> {
  const pairs = rooms.flatMap((room) => {
    const other = room.authority.room.kind === "dm" ? otherOf(room, userId) : undefined;
    return other === undefined ? [] : [{ roomId: room.id, other }];
  });
  if (pairs.length === 0 || !(await deps.preferences.of(userId)).share_read) return new Map();
  const rows = await readMarks(deps.sql, userId, pairs);
  return new Map(rows.map(({ room_id, id, order }) => [room_id, { id, order }]));
}

async function readMarks(
  sql: Queryable,
  userId: UserId,
  pairs: readonly { readonly roomId: RoomId; readonly other: UserId }[],
): Promise<readonly { room_id: RoomId; id: string; order: number }[]> {
  return await sql`
    select m.room_id, m.event_id as id, m.ord as "order"
    from unnest(${pairs.map(({ roomId }) => roomId)}::text[],
      ${pairs.map(({ other }) => other)}::text[]) as c(room_id, user_id)
    join read_markers m on m.user_id = c.user_id and m.room_id = c.room_id
      and m.channel_id = ${MAIN_CHANNEL} and m.event_id is not null
    left join user_preferences p on p.user_id = m.user_id
    where coalesce((p.chosen->>'share_read')::boolean, true)
      and not exists (
        select 1 from relationships r
        where r.user_id = m.user_id and r.other_id = ${userId} and r.blocked)`;
}
