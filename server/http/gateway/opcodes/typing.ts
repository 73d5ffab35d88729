import type { ChannelId } from "../../../../core/ids/channel_id.ts";
import type { RoomId } from "../../../../core/ids/room_id.ts";
import { holdsScope } from "../../require_scope.ts";
import type { GatewayDeps } from "../context.ts";
import { channelKey, type Session } from "../session.ts";

/** Says that the user is writing; without the right to write there it says nothing. */
export async function announceTyping(
  deps: GatewayDeps,
  session: Session,
  data: { room_id: string; channel_id: string },
): Promise<void> {
  if (!holdsScope(session.caller, "write:messages")) return;
  if (!session.channels.has(channelKey(data.room_id, data.channel_id))) return;
  const user = await deps.source.typist(session.caller, data.room_id, data.channel_id);
  if (user === undefined) return;
  deps.typing.announce(user, {
    roomId: data.room_id as RoomId,
    channelId: data.channel_id as ChannelId,
  });
}
