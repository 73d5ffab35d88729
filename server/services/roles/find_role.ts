import type { Role } from "../../../core/api/guild.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseRoleId, type RoleId } from "../../../core/ids/role_id.ts";
import type { Authority } from "../../../core/permissions/authority.ts";
import type { Room } from "../../rooms/room.ts";
import { projectRoles } from "../guilds/project_guild.ts";

/** A role as clients see it. Throws `not_found`. */
export function findRole(room: Room, id: string): Role {
  const role = projectRoles(room.authority).find((candidate) => candidate.id === id);
  if (role === undefined) throw roleNotFound(id);
  return role;
}

/** The id of a role that exists. Throws `not_found`. */
export function requireRoleId(authority: Authority, raw: string): RoleId {
  const id = parseRoleId(raw);
  if (id === undefined || !authority.table().roles.has(id)) throw roleNotFound(raw);
  return id;
}

export function roleNotFound(raw: string): OperationError {
  return new OperationError(
    "not_found",
    `There is no role ${JSON.stringify(raw.slice(0, 40))} in this guild; it may be deleted.`,
  );
}
