import type { GuildFrame } from "../../../core/api/gateway.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Dispatch } from "../../http/gateway/source.ts";
import type { Room } from "../../rooms/room.ts";
import { viewGuild } from "../chat/view_guild.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/**
 * `guild.update` for connected members: built once for all who have the same rights everywhere,
 * because that is all that a guild's view depends on.
 */
export async function guildUpdates(
  deps: ChatDeps,
  room: Room,
  userIds: Iterable<UserId>,
): Promise<Dispatch[]> {
  const nowMs = deps.clock.now();
  const privateOf = await privateMemberships(deps, room);
  const groups = new Map<string, UserId[]>();
  for (const userId of userIds) {
    if (!room.authority.isJoined(userId)) continue;
    const key = `${rightsKey(room, userId, nowMs)} ${privateOf(userId).join(" ")}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [userId]);
    else group.push(userId);
  }
  const dispatches: Dispatch[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { me: _own, ...frame } = await viewGuild(deps, room, first);
    dispatches.push({
      t: "guild.update",
      d: frame satisfies GuildFrame,
      audience: { to: "users", userIds: group },
    });
  }
  return dispatches;
}

function rightsKey(room: Room, userId: UserId, nowMs: number): string {
  const { authority } = room;
  const rights = [...authority.channels().keys()].map((id: ChannelId) =>
    authority.rights(userId, id, nowMs).toString(36)
  );
  return [authority.base(userId, nowMs).toString(36), authority.rank(userId), ...rights].join(",");
}

/** Which private channels of a guild a user has joined. */
async function privateMemberships(
  deps: Pick<ChatDeps, "sql" | "rooms">,
  guild: Room,
): Promise<(userId: UserId) => RoomId[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from private_channels where guild_id = ${guild.id}`;
  const rooms = await Promise.all(rows.map((row) => deps.rooms.open(row.room_id)));
  return (userId) =>
    rooms.flatMap((room) => room?.authority.isJoined(userId) === true ? [room.id] : []);
}
