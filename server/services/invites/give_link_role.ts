import { parseRoleId } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";

export interface LinkRole {
  readonly room: Room;
  readonly userId: UserId;
  /** Whoever made the link. */
  readonly author: UserId;
  readonly roleId: string | null;
}

/** The role of a link, where its author may still give it; a join never fails for it. */
export async function giveLinkRole(
  deps: Pick<ChatDeps, "clock" | "log">,
  { room, userId, author, roleId }: LinkRole,
): Promise<void> {
  const role = roleId === null ? undefined : parseRoleId(roleId);
  if (role === undefined) return;
  try {
    await room.changeControl((authority) => {
      const position = authority.table().roles.get(role)?.position;
      const mayGive = authority.isJoined(userId) && position !== undefined &&
        position < authority.rank(author) &&
        holds(authority.base(author, deps.clock.now()), "MANAGE_ROLES");
      const held = authority.rolesOf(userId);
      if (!mayGive || held.includes(role)) return { intents: [] };
      return {
        intents: [{
          type: "m.guild.member_roles",
          sender: author,
          stateKey: userId,
          content: { roles: [...held, role].sort() },
        }],
      };
    });
  } catch (error) {
    deps.log.log("warn", "A link's role could not be given.", { guild: room.id, role, error });
  }
}
