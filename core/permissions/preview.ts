import type { ChannelId } from "../ids/channel_id.ts";
import { EVERYONE, type RoleId } from "../ids/role_id.ts";
import type { UserId } from "../ids/user_id.ts";
import type { Authority } from "./authority.ts";
import { BIT, NO_BITS, type Right, RIGHT_NAMES } from "./bits.ts";
import type { ChannelPolicy } from "./channel_policy.ts";
import { RolesTable } from "./roles_table.ts";

/** Who would lose and who would gain one right. */
export interface RightShift {
  readonly right: Right;
  readonly lose: readonly UserId[];
  readonly gain: readonly UserId[];
}

export interface Preview {
  /** For how many members something changes. */
  readonly members: number;
  readonly shifts: readonly RightShift[];
}

/** What another policy of a channel would change for its members. PROTOCOL.md 4. Pure. */
export function previewPolicy(
  authority: Authority,
  channelId: ChannelId,
  policy: ChannelPolicy,
): Preview {
  const now = authority.channel(channelId);
  return compare(authority, (user) => [
    now === undefined ? NO_BITS : authority.rightsUnder(user, channelId, now),
    authority.rightsUnder(user, channelId, policy),
  ]);
}

/** What other bits of a role, or of everyone, would change for the guild's members as a whole. */
export function previewRole(
  authority: Authority,
  role: RoleId | typeof EVERYONE,
  bits: bigint,
): Preview {
  const table = authority.table();
  const entry = role === EVERYONE ? undefined : table.roles.get(role);
  const next = role === EVERYONE ? new RolesTable(bits, table.roles) : new RolesTable(
    table.everyone,
    entry === undefined ? table.roles : new Map(table.roles).set(role, { ...entry, bits }),
  );
  return compare(authority, (user) => {
    // Roles give them nothing and take nothing from them.
    if (user === authority.owner() || authority.member(user)?.kind === "webhook") {
      return [NO_BITS, NO_BITS];
    }
    const roles = authority.rolesOf(user);
    return [table.setOf(roles).base, next.setOf(roles).base];
  });
}

function compare(authority: Authority, rightsOf: (user: UserId) => [bigint, bigint]): Preview {
  const lose = new Map<Right, UserId[]>();
  const gain = new Map<Right, UserId[]>();
  let members = 0;
  for (const user of authority.joinedUsers()) {
    const [before, after] = rightsOf(user);
    const changed = before ^ after;
    const named = RIGHT_NAMES.filter((right) => (changed & BIT[right]) !== NO_BITS);
    if (named.length > 0) members++;
    for (const right of named) {
      const side = (before & BIT[right]) === NO_BITS ? gain : lose;
      const users = side.get(right);
      if (users === undefined) side.set(right, [user]);
      else users.push(user);
    }
  }
  return {
    members,
    shifts: RIGHT_NAMES.filter((right) => lose.has(right) || gain.has(right)).map((right) => ({
      right,
      lose: lose.get(right) ?? [],
      gain: gain.get(right) ?? [],
    })),
  };
}
