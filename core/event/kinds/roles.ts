import { parseRoleId } from "../../ids/role_id.ts";
import { limits } from "../../limits.ts";
import { bits } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { closedObject, type Infer, integer, object, table } from "./shape.ts";

const content = object({
  everyone: bits,
  roles: table(closedObject({ position: integer(1, limits.authority.maxPosition), bits }), {
    isKey: (key) => parseRoleId(key) !== undefined,
    max: limits.authority.maxRoles,
  }),
});
export type RolesContent = Infer<typeof content>;

/** The one table of roles: positions and rights. PROTOCOL.md 4. */
export const rolesKind = defineKind<RolesContent>({
  type: "m.guild.roles",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields: "`everyone: bits`, `roles: {rid: {position, bits}}`, at most 250 roles",
  right: "MANAGE_ROLES, each change below the sender's rank and within its bits (section 4)",
});
