import type { RoleId } from "../ids/role_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { parseRolesTable, type RolesTable } from "../permissions/roles_table.ts";
import type { JudgedControl } from "./judged.ts";
import { requireBase, requireBits } from "./require.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "roles";

/**
 * `m.guild.roles`: MANAGE_ROLES; each role added, changed or removed lies below the sender
 * before and after; every bit that changes is one the sender has. PROTOCOL.md 4.
 */
export function judgeRoles(event: JudgedControl, authority: Authority): Verdict {
  const right = requireBase(event, authority, { rule: RULE, right: "MANAGE_ROLES" });
  if (!right.ok) return right;
  const after = parseRolesTable(event.content);
  if (after === undefined) return refuse(RULE, "is not a roles table");
  const before = authority.table();
  const held = authority.base(event.sender, event.origin_ts);
  const everyone = requireBits(RULE, before.everyone ^ after.everyone, held);
  if (!everyone.ok) return everyone;
  const rank = authority.rank(event.sender);
  for (const role of new Set([...before.roles.keys(), ...after.roles.keys()])) {
    const verdict = judgeRole(role, { before, after, rank, held });
    if (!verdict.ok) return verdict;
  }
  return ALLOWED;
}

function judgeRole(
  role: RoleId,
  change: { before: RolesTable; after: RolesTable; rank: number; held: bigint },
): Verdict {
  const old = change.before.roles.get(role);
  const now = change.after.roles.get(role);
  if (old?.position === now?.position && old?.bits === now?.bits) return ALLOWED;
  for (const position of [old?.position, now?.position]) {
    if (position !== undefined && position >= change.rank) {
      return refuse(RULE, `role ${role} at position ${position} is not below the sender`);
    }
  }
  return requireBits(RULE, (old?.bits ?? 0n) ^ (now?.bits ?? 0n), change.held);
}
