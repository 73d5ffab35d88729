import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import { type ChannelId, parseChannelId } from "../../../core/ids/channel_id.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { hasText } from "../../../core/permissions/channel_policy.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

/** Invite and join of a webhook: its maker names kind and channel. PROTOCOL.md 4 and 10. */
export function joinIntents(
  { hook, by, channelId }: {
    readonly hook: UserId;
    readonly by: UserId;
    readonly channelId: ChannelId;
  },
): ControlIntent[] {
  const of = { kind: "webhook", channel: channelId };
  const type = "m.room.member";
  return [
    { type, sender: by, stateKey: hook, content: { membership: "invite", ...of } },
    { type, sender: hook, stateKey: hook, content: { membership: "join", ...of } },
  ];
}

export function leaveIntent(authority: Authority, hook: UserId, reason: string): ControlIntent {
  const content = { membership: "leave", ...keptKind(authority, hook), reason };
  return { type: "m.room.member", sender: hook, stateKey: hook, content };
}

/**
 * What a leave or ban of a webhook keeps saying of it, so that its messages are still shown as a
 * webhook's; nothing for anybody else. PROTOCOL.md 10.
 */
export function keptKind(authority: Authority, user: UserId): JsonObject {
  const member = authority.member(user);
  if (member?.kind !== "webhook" || member.channel === undefined) return {};
  return { kind: "webhook", channel: member.channel };
}

/** A channel with text that its manager sees. @throws OperationError `invalid`, `not_found` */
export function requireChannel(
  deps: Pick<ChatDeps, "clock">,
  room: Room,
  { userId, channelId: raw }: { readonly userId: UserId; readonly channelId: string },
): ChannelId {
  const { authority } = room;
  const id = parseChannelId(raw);
  const policy = id === undefined ? undefined : authority.channel(id);
  const seen = id !== undefined && policy !== undefined && !policy.closed &&
    holds(authority.rights(userId, id, deps.clock.now()), "VIEW_CHANNEL");
  if (!seen) {
    throw new OperationError(
      "not_found",
      `There is no channel ${JSON.stringify(raw.slice(0, 64))} here.`,
    );
  }
  if (hasText(policy)) return id;
  throw new OperationError("invalid", "Messages cannot be written in a category; take a channel.", {
    details: { field: "channel_id" },
  });
}

/** The webhooks of a server leave with the last of its people: there is nobody they are for. */
export async function leaveWithPeople(room: Room, leaving: UserId): Promise<void> {
  const server = serverOf(leaving);
  await room.changeControl((authority) => {
    const own = [...authority.joinedUsers()].filter((id) => serverOf(id) === server);
    const hooks = own.filter((id) => authority.member(id)?.kind === "webhook");
    const alone = own.length > 0 && own.every((id) => id === leaving || hooks.includes(id));
    return {
      intents: alone ? hooks.map((hook) => leaveIntent(authority, hook, "Its server left")) : [],
    };
  });
}
