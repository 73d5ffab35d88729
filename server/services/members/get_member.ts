import type { Member } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireUserId } from "../chat/place.ts";
import { viewMember } from "../chat/view_guild.ts";

/** @throws OperationError `not_found` */
export async function getMember(
  deps: ChatDeps,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<Member> {
  const room = await openGuild(deps, userId, input.guildId);
  return await viewMember(deps, room, requireMember(room, input.userId));
}

/** The id of somebody who is in the room. Throws `not_found`. */
export function requireMember(room: Room, raw: string): UserId {
  const id = requireUserId(raw);
  if (room.authority.isJoined(id)) return id;
  throw new OperationError("not_found", `${id} is not a member of this guild.`);
}
