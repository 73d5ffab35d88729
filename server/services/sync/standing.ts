import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Entitlement } from "../../http/gateway/source.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Channels of a room that a user may read now. */
export function readableChannels(room: Room, userId: UserId, nowMs: number): ChannelId[] {
  const { authority } = room;
  const readable: ChannelId[] = [];
  for (const [id, policy] of authority.channels()) {
    if (!policy.closed && holds(authority.rights(userId, id, nowMs), "VIEW_CHANNEL")) {
      readable.push(id);
    }
  }
  return readable;
}

/** What a user may hear of a room; null channels once it is no member. */
export function entitlementOf(room: Room, userId: UserId, nowMs: number): Entitlement {
  return {
    userId,
    roomId: room.id,
    channelIds: room.authority.isJoined(userId) ? readableChannels(room, userId, nowMs) : null,
  };
}

/** What each of these users may hear of it now. */
export function entitlementsOf(
  deps: Pick<ChatDeps, "clock">,
  room: Room,
  userIds: Iterable<UserId>,
): Entitlement[] {
  const nowMs = deps.clock.now();
  return [...userIds].map((userId) => entitlementOf(room, userId, nowMs));
}
