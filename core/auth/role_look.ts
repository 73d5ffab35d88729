import { parseRoleId } from "../ids/role_id.ts";
import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireBase } from "./require.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "role_look";

/** `m.guild.role` (name, colour, icon): MANAGE_ROLES, a role of the table below the sender. PROTOCOL.md 4. */
export function judgeRoleLook(event: JudgedControl, authority: Authority): Verdict {
  const right = requireBase(event, authority, { rule: RULE, right: "MANAGE_ROLES" });
  if (!right.ok) return right;
  const role = parseRoleId(event.state_key ?? "");
  const entry = role === undefined ? undefined : authority.table().roles.get(role);
  if (entry === undefined) return refuse(RULE, `no role ${event.state_key}`);
  return entry.position < authority.rank(event.sender)
    ? ALLOWED
    : refuse(RULE, `role ${role} is not below ${event.sender}`);
}
