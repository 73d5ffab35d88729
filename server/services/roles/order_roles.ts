import type { Role } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { projectRoles } from "../guilds/project_guild.ts";
import { withReason } from "../guilds/update_guild.ts";
import { requireRoleId } from "./find_role.ts";
import { rolesContent, withRoles } from "./roles_content.ts";

/**
 * Sets the order of all roles, strongest first. Roles keep the set of positions they have,
 * so that a part of the order that stays the same does not change at all.
 * @throws OperationError `invalid` unless every role is named once, `forbidden`, `not_found`
 */
export async function orderRoles(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly roles: readonly string[];
    readonly reason?: string | undefined;
  },
): Promise<readonly Role[]> {
  const room = await openGuild(deps, userId, input.guildId);
  await room.changeControl((authority) => {
    const table = authority.table();
    const ids = input.roles.map((raw) => requireRoleId(authority, raw));
    if (new Set(ids).size !== ids.length || ids.length !== table.roles.size) {
      throw new OperationError(
        "invalid",
        `Name each of the guild's ${table.roles.size} roles once; ${ids.length} were named.`,
        { details: { field: "roles" } },
      );
    }
    const positions = [...table.roles.values()].map((entry) => entry.position)
      .sort((a, b) => b - a);
    distinct(positions);
    const next = withRoles(
      table,
      ids.map((id, at) => [id, {
        position: positions[at] ?? 1,
        bits: table.roles.get(id)?.bits ?? 0n,
      }]),
    );
    return {
      intents: [{
        type: "m.guild.roles",
        sender: userId,
        stateKey: "",
        content: withReason(rolesContent(next), input.reason),
      }],
    };
  });
  return projectRoles(room.authority);
}

/** Makes descending positions differ, from the bottom up: equal rank is above nobody. */
function distinct(positions: number[]): void {
  for (let at = positions.length - 2; at >= 0; at--) {
    const below = positions[at + 1] ?? 0;
    const here = positions[at] ?? 0;
    if (here <= below) positions[at] = below + 1;
  }
}
