import type { JsonObject, JsonValue } from "../../../core/event/json.ts";
import type { RoleId } from "../../../core/ids/role_id.ts";
import { formatBits } from "../../../core/permissions/bits.ts";
import type { RoleEntry, RolesTable } from "../../../core/permissions/roles_table.ts";

/** The content of `m.guild.roles` for a table. PROTOCOL.md 4. */
export function rolesContent(
  table: Pick<RolesTable, "everyone" | "roles">,
): JsonObject {
  const roles: Record<string, JsonValue> = {};
  for (const [id, { position, bits }] of table.roles) {
    roles[id] = { position, bits: formatBits(bits) };
  }
  return { everyone: formatBits(table.everyone), roles };
}

/** The table with some roles set, or taken out where the entry is undefined. */
export function withRoles(
  table: RolesTable,
  changes: Iterable<readonly [RoleId, RoleEntry | undefined]>,
): Pick<RolesTable, "everyone" | "roles"> {
  const roles = new Map(table.roles);
  for (const [id, entry] of changes) {
    if (entry === undefined) roles.delete(id);
    else roles.set(id, entry);
  }
  return { everyone: table.everyone, roles };
}
