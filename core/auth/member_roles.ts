import type { RoleId } from "../ids/role_id.ts";
import type { UserId } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { parseMemberRoles } from "../permissions/roles_table.ts";
import type { JudgedControl } from "./judged.ts";
import { requireBase, requireJoined, targetUser } from "./require.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "member_roles";

/**
 * `m.guild.member_roles`: MANAGE_ROLES and every role given or taken below the sender; or one's
 * own, nothing added. The list is compared with the roles in force, never with the stored list.
 * PROTOCOL.md 4.
 */
export function judgeMemberRoles(event: JudgedControl, authority: Authority): Verdict {
  const listed = parseMemberRoles(event.content);
  if (listed === undefined) return refuse(RULE, "is not a sorted list of role ids");
  const target = targetUser(event);
  if (target === undefined) return refuse(RULE, "its state key is no user");
  if (!authority.isJoined(target)) return refuse(RULE, `${target} is not joined`);
  const { added, removed } = changeOf(listed, target, authority);
  if (event.sender === target && added.length === 0) {
    return requireJoined(event, authority, RULE);
  }
  const right = requireBase(event, authority, { rule: RULE, right: "MANAGE_ROLES" });
  if (!right.ok) return right;
  const rank = authority.rank(event.sender);
  for (const role of [...added, ...removed]) {
    const entry = authority.table().roles.get(role);
    if (entry === undefined) return refuse(RULE, `no role ${role}`);
    if (entry.position >= rank) return refuse(RULE, `role ${role} is not below ${event.sender}`);
  }
  return ALLOWED;
}

function changeOf(listed: readonly RoleId[], target: UserId, authority: Authority) {
  const held = new Set(authority.rolesOf(target));
  const now = new Set(listed);
  return {
    added: listed.filter((role) => !held.has(role)),
    removed: [...held].filter((role) => !now.has(role)),
  };
}
