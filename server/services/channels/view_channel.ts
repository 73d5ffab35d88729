import type { Channel } from "../../../core/api/channel.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { projectChannel } from "../guilds/project_guild.ts";
import { lastMessages } from "../messages/message_rows.ts";

/** One channel as the user sees it. Throws `not_found`. */
export async function viewChannel(
  deps: Pick<ChatDeps, "sql" | "clock">,
  userId: UserId,
  place: { readonly room: Room; readonly channelId: ChannelId },
): Promise<Channel> {
  const { room, channelId } = place;
  const policy = room.authority.channel(channelId);
  if (policy === undefined) throw roomNotFound();
  const last = await lastMessages(deps.sql, [{ roomId: room.id, channelId }]);
  const channel = projectChannel(room, {
    id: channelId,
    policy,
    viewer: { userId, nowMs: deps.clock.now() },
    lastMessageId: last.get(`${room.id}\0${channelId}`)?.eventId,
  });
  if (channel === undefined) throw roomNotFound();
  return channel;
}
