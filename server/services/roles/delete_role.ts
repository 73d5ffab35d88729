import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { requireRoleId } from "./find_role.ts";
import { rolesContent, withRoles } from "./roles_content.ts";

/** Leaves the role out of the table; ids that still name it count for nothing. PROTOCOL.md 4. */
export async function deleteRole(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: { readonly guildId: string; readonly roleId: string },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  await room.changeControl((authority) => ({
    intents: [{
      type: "m.guild.roles",
      sender: userId,
      stateKey: "",
      content: rolesContent(
        withRoles(authority.table(), [[requireRoleId(authority, input.roleId), undefined]]),
      ),
    }],
  }));
}
