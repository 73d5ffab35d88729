import type { Invite } from "../../../core/api/invites.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { INVITES_MAX } from "./create_invite.ts";
import { listLiveInvites } from "./invite_rows.ts";
import { inviteFromRow, linksRegister } from "./view_invite.ts";

/** Links that can be used: one's own, with MANAGE_GUILD all. @throws OperationError `not_found` */
export async function listInvites(
  deps: ChatDeps,
  userId: UserId,
  guildId: string,
): Promise<Invite[]> {
  const room = await openGuild(deps, userId, guildId);
  const nowMs = deps.clock.now();
  const all = holds(room.authority.base(userId, nowMs), "MANAGE_GUILD");
  const [rows, registers] = await Promise.all([
    listLiveInvites(deps.sql, { guildId: room.id, nowMs, limit: INVITES_MAX }),
    linksRegister(deps),
  ]);
  return rows.filter((row) => all || row.created_by === userId)
    .map((row) => inviteFromRow(deps, row, registers));
}
