import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import { requireMember } from "../members/get_member.ts";
import { requireRoleId } from "./find_role.ts";

/** Gives and takes a role, all or nothing. @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function updateRoleMembers(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly roleId: string;
    readonly add: readonly string[];
    readonly remove: readonly string[];
    readonly reason?: string | undefined;
  },
): Promise<{ member_count: number }> {
  const room = await openGuild(deps, userId, input.guildId);
  const add = new Set(input.add.map((raw) => requireMember(room, raw)));
  const remove = new Set(input.remove.map((raw) => requireMember(room, raw)));
  for (const id of add) {
    if (!remove.has(id)) continue;
    throw new OperationError("invalid", `${id} is named both to get the role and to lose it.`, {
      details: { field: "remove" },
    });
  }
  await room.changeControl((authority) => {
    const role = requireRoleId(authority, input.roleId);
    const intents: ControlIntent[] = [];
    for (const target of [...add, ...remove]) {
      const now = authority.rolesOf(target);
      if (now.includes(role) === add.has(target)) continue;
      const roles = add.has(target)
        ? [...now, role].sort()
        : now.filter((each) => each !== role).sort();
      intents.push({
        type: "m.guild.member_roles",
        sender: userId,
        stateKey: target,
        content: withReason({ roles }, input.reason),
      });
    }
    return { intents };
  });
  const role = requireRoleId(room.authority, input.roleId);
  const holders = [...room.authority.joinedUsers()]
    .filter((id) => room.authority.rolesOf(id).includes(role));
  return { member_count: holders.length };
}
