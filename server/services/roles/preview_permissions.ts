import type { z } from "zod";
import type { previewPermissions as operation } from "../../../core/api/guilds.ts";
import { EVERYONE } from "../../../core/ids/role_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { type Preview, previewPolicy, previewRole } from "../../../core/permissions/preview.ts";
import type { Room } from "../../rooms/room.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import { parseEntries } from "../channels/channel_content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, openGuild, requireRight } from "../chat/place.ts";
import { requireRoleId } from "./find_role.ts";

/** Members that are named of each group. */
const NAMED_MAX = 3;

/** Who would lose or gain what. Changes nothing. @throws OperationError `invalid`, `forbidden`, `not_found` */
export async function previewPermissions(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: { readonly guildId: string; readonly change: z.output<typeof operation.body & object> },
): Promise<z.infer<typeof operation.result>> {
  const room = await openGuild(deps, userId, input.guildId);
  const { members, shifts } = await previewOf(deps, { room, userId, change: input.change });
  const some = (users: readonly UserId[]) => ({
    count: users.length,
    some: users.slice(0, NAMED_MAX) as string[],
  });
  return {
    members,
    changes: shifts.map(({ right, lose, gain }) => ({ right, lose: some(lose), gain: some(gain) })),
  };
}

interface Asked {
  readonly room: Room;
  readonly userId: UserId;
  readonly change: z.output<typeof operation.body & object>;
}

async function previewOf(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  { room, userId, change }: Asked,
): Promise<Preview> {
  const { authority } = room;
  const action = "see what a change of permissions does";
  if ("channel_id" in change) {
    const at = { roomId: room.id, channelId: change.channel_id };
    const { channelId, rights } = await openChannel(deps, userId, at);
    requireRight(rights, "MANAGE_ROLES", action);
    const policy = authority.channel(channelId);
    if (policy === undefined) throw roomNotFound();
    return previewPolicy(authority, channelId, {
      ...policy,
      entries: parseEntries(change.entries),
    });
  }
  requireRight(authority.base(userId, deps.clock.now()), "MANAGE_ROLES", action);
  const role = change.role_id === EVERYONE ? EVERYONE : requireRoleId(authority, change.role_id);
  return previewRole(authority, role, BigInt(`0x${change.bits}`));
}
