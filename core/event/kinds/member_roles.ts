import { limits } from "../../limits.ts";
import { roleId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { type Infer, list, object, refine } from "./shape.ts";

const content = object({
  roles: refine(
    list(roleId, limits.authority.maxMemberRoles),
    (roles) =>
      roles.every((role, at) => at === 0 || (roles[at - 1] as string) < role)
        ? undefined
        : ": not sorted, or one twice",
  ),
});
export type MemberRolesContent = Infer<typeof content>;

/** The roles of one member. PROTOCOL.md 4. */
export const memberRolesKind = defineKind<MemberRolesContent>({
  type: "m.guild.member_roles",
  plane: "control",
  stateKey: "user",
  authority: true,
  content,
  fields: "`roles: [rid]`, sorted, at most 64",
  right: "MANAGE_ROLES, each role below the sender's rank; own roles may always be dropped",
});
