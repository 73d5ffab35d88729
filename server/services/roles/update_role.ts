import type { Role } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { writeCanonical } from "../../../core/event/json_write.ts";
import { EVERYONE } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import { contentOf } from "../../rooms/content.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { patch, withReason } from "../guilds/update_guild.ts";
import type { RoleFields } from "./create_role.ts";
import { findRole, requireRoleId } from "./find_role.ts";
import { rolesContent, withRoles } from "./roles_content.ts";

/** @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function updateRole(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: { readonly guildId: string; readonly roleId: string; readonly fields: RoleFields },
): Promise<Role> {
  const room = await openGuild(deps, userId, input.guildId);
  await room.changeControl((authority) => ({
    intents: [...tableIntents(authority, userId, input), ...lookIntents(authority, userId, input)],
  }));
  return findRole(room, input.roleId);
}

interface RoleInput {
  readonly roleId: string;
  readonly fields: RoleFields;
}

function tableIntents(authority: Authority, userId: UserId, input: RoleInput): ControlIntent[] {
  if (input.fields.bits === undefined) return [];
  const table = authority.table();
  const bits = BigInt(`0x${input.fields.bits}`);
  if (bits === bitsNow(authority, input.roleId)) return [];
  const next = input.roleId === EVERYONE
    ? { everyone: bits, roles: table.roles }
    : withRoles(table, [changedEntry(authority, input.roleId, bits)]);
  return [{
    type: "m.guild.roles",
    sender: userId,
    stateKey: "",
    content: withReason(rolesContent(next), input.fields.reason),
  }];
}

/** Who saves a form sends what stayed as it was, too: the audit log tells of changes alone. */
function bitsNow(authority: Authority, raw: string): bigint | undefined {
  const { everyone, roles } = authority.table();
  return raw === EVERYONE ? everyone : roles.get(requireRoleId(authority, raw))?.bits;
}

function changedEntry(authority: Authority, raw: string, bits: bigint) {
  const id = requireRoleId(authority, raw);
  return [id, { position: authority.table().roles.get(id)?.position ?? 1, bits }] as const;
}

function lookIntents(authority: Authority, userId: UserId, input: RoleInput): ControlIntent[] {
  const { name, color, hoist, mentionable, reason } = input.fields;
  if ([name, color, hoist, mentionable].every((field) => field === undefined)) return [];
  if (input.roleId === EVERYONE) {
    throw new OperationError("invalid", "The everyone role has rights only: no name or colour.");
  }
  const id = requireRoleId(authority, input.roleId);
  const before = contentOf(authority.view.get("m.guild.role", id)) ?? { name: "unnamed" };
  const after = patch(before, { name, color, hoist, mentionable });
  if (writeCanonical(after) === writeCanonical(patch(before, {}))) return [];
  const content = withReason(after, reason);
  return [{ type: "m.guild.role", sender: userId, stateKey: id, content }];
}
