import type { Role } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import { parseRoleId, type RoleId } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import { rolesContent, withRoles } from "./roles_content.ts";
import { findRole } from "./find_role.ts";
import type { RolesTable } from "../../../core/permissions/roles_table.ts";

/** Each new role goes just below the lowest, so that nobody has to move roles above his own. */
export const FIRST_POSITION = 1000;

export interface RoleFields {
  readonly name?: string | undefined;
  readonly color?: string | null | undefined;
  readonly hoist?: boolean | undefined;
  readonly mentionable?: boolean | undefined;
  readonly bits?: string | undefined;
  readonly reason?: string | undefined;
}

/** @throws OperationError `forbidden`, `limit_reached`, `not_found` */
export async function createRole(
  deps: Pick<ChatDeps, "rooms" | "rng">,
  userId: UserId,
  input: { readonly guildId: string; readonly fields: RoleFields & { readonly name: string } },
): Promise<Role> {
  const room = await openGuild(deps, userId, input.guildId);
  const id = newRoleId(deps);
  const { fields } = input;
  await room.changeControl((authority) => {
    const table = authority.table();
    if (table.roles.size >= limits.authority.maxRoles) {
      throw new OperationError(
        "limit_reached",
        `A guild has at most ${limits.authority.maxRoles} roles; delete one first.`,
      );
    }
    const bits = BigInt(`0x${fields.bits ?? "0"}`);
    const lowest = Math.min(FIRST_POSITION + 1, ...positionsOf(table));
    if (lowest <= 1) {
      throw new OperationError(
        "limit_reached",
        "There is no place below the lowest role; set the order of the roles anew first.",
      );
    }
    return {
      intents: [
        {
          type: "m.guild.roles",
          sender: userId,
          stateKey: "",
          content: withReason(
            rolesContent(withRoles(table, [[id, { position: lowest - 1, bits }]])),
            fields.reason,
          ),
        },
        {
          type: "m.guild.role",
          sender: userId,
          stateKey: id,
          content: {
            name: fields.name,
            ...(typeof fields.color === "string" ? { color: fields.color } : {}),
            hoist: fields.hoist ?? false,
            mentionable: fields.mentionable ?? false,
          },
        },
      ],
    };
  });
  return findRole(room, id);
}

function positionsOf(table: RolesTable): number[] {
  return [...table.roles.values()].map((entry) => entry.position);
}

function newRoleId(deps: Pick<ChatDeps, "rng">): RoleId {
  for (;;) {
    const id = parseRoleId(encodeBase58Of16(deps.rng.bytes(16)));
    if (id !== undefined) return id;
  }
}
