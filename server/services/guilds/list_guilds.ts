import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { RoomKind } from "../../../core/rules/room_facts.ts";
import { replacementOf } from "../../../core/rules/succession.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Rooms of some kinds that the user has joined, in the order of joining. */
export async function openJoinedRooms(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  userId: UserId,
  kinds: readonly RoomKind[],
): Promise<Room[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select s.room_id from current_state s
    left join events e on e.room_id = s.room_id and e.event_id = s.event_id
    where s.type = 'm.room.member' and s.state_key = ${userId} and s.membership = 'join'
    order by e.origin_ts, s.room_id`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  return rooms.filter((room): room is Room =>
    room !== undefined && kinds.includes(room.authority.room.kind) &&
    room.authority.isJoined(userId)
  );
}

/** Without guilds that go on in a room which is among them: people see one guild. */
export function withoutMoved(rooms: readonly Room[]): Room[] {
  const ids = new Set(rooms.map((room) => room.id));
  return rooms.filter((room) => {
    const replacement = replacementOf(room.authority.view);
    return replacement === undefined || !ids.has(replacement);
  });
}
