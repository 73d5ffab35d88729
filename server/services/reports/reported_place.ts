import type { ReportedPlace } from "../../../core/api/reports.ts";
import { OperationError } from "../../../core/errors.ts";
import { MAIN_CHANNEL, parseChannelId } from "../../../core/ids/channel_id.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel } from "../chat/place.ts";
import { isConversation } from "../dms/is_conversation.ts";
import { channelName } from "../guilds/project_guild.ts";

/** Where a reported message stands, in words; of conversations neither name nor people. */
export async function reportedPlace(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  viewer: UserId,
  at: { readonly room_id: string; readonly channel_id: string },
): Promise<ReportedPlace | null> {
  const roomId = parseRoomId(at.room_id);
  const room = roomId === undefined ? undefined : await deps.rooms.open(roomId);
  if (room === undefined) return null;
  const { kind } = room.authority.room;
  if (isConversation(room)) return { kind: "conversation", several: kind === "group_dm" };
  const guild = kind === "private" ? await deps.rooms.guildOf(room) : room;
  if (guild === undefined) return null;
  return {
    kind: "channel",
    guild_id: guild.id,
    guild: textOf(contentOf(guild.authority.view.get("m.guild.meta", "")), "name") ?? "",
    channel: channelName(room.authority, parseChannelId(at.channel_id) ?? MAIN_CHANNEL),
    private: kind === "private",
    readable: await mayRead(deps, viewer, at),
  };
}

async function mayRead(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  viewer: UserId,
  at: { readonly room_id: string; readonly channel_id: string },
): Promise<boolean> {
  try {
    await openChannel(deps, viewer, { roomId: at.room_id, channelId: at.channel_id });
    return true;
  } catch (error) {
    if (error instanceof OperationError) return false;
    throw error;
  }
}
