import type { z } from "zod";
import type { viewAs as operation } from "../../../core/api/guilds.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { EVERYONE } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { formatBits, holds } from "../../../core/permissions/bits.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { requireMember } from "../members/get_member.ts";
import { requireRoleId } from "./find_role.ts";

/**
 * The guild as a role or a member has it, over the channels the caller sees: hidden ones stay
 * hidden. A role is looked at as somebody who has it alone.
 * @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function viewAs(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly role_id?: string | undefined;
    readonly user_id?: string | undefined;
  },
): Promise<z.infer<typeof operation.result>> {
  const room = await openGuild(deps, userId, input.guildId);
  const { authority } = room;
  const nowMs = deps.clock.now();
  requireRight(authority.base(userId, nowMs), "MANAGE_ROLES", "see the guild as somebody else");
  const rightsIn = eyesOf(room, input, nowMs);
  const seen = [...authority.channels().keys()].filter((id) =>
    holds(authority.rights(userId, id, nowMs), "VIEW_CHANNEL")
  );
  return {
    permissions: formatBits(rightsIn(undefined)),
    channels: seen.map((id) => ({ id, permissions: formatBits(rightsIn(id)) })),
  };
}

/** Rights in a channel, or in the room, of whom the request names. */
function eyesOf(
  room: Room,
  named: { readonly role_id?: string | undefined; readonly user_id?: string | undefined },
  nowMs: number,
): (channelId: ChannelId | undefined) => bigint {
  const { authority } = room;
  if ((named.role_id === undefined) === (named.user_id === undefined)) {
    throw new OperationError("invalid", "Name either a role or a member to look as.", {
      details: { field: "role_id" },
    });
  }
  if (named.role_id !== undefined) {
    const roles = named.role_id === EVERYONE ? [] : [requireRoleId(authority, named.role_id)];
    return (channelId) => authority.rightsOfRoles(roles, channelId);
  }
  const member = requireMember(room, named.user_id ?? "");
  return (channelId) =>
    channelId === undefined
      ? authority.base(member, nowMs)
      : authority.rights(member, channelId, nowMs);
}
