import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild } from "../chat/place.ts";
import { findInvite, revokeInviteRow } from "./invite_rows.ts";

/** @throws OperationError `forbidden`, `not_found` */
export async function revokeInvite(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock">,
  userId: UserId,
  code: string,
): Promise<void> {
  const row = await findInvite(deps.sql, code);
  if (row === undefined) throw new OperationError("not_found", "There is no such invite link.");
  const nowMs = deps.clock.now();
  if (row.created_by !== userId) {
    const room = await openGuild(deps, userId, row.guild_id);
    if (!holds(room.authority.base(userId, nowMs), "MANAGE_GUILD")) {
      throw new OperationError(
        "forbidden",
        'Only its maker, or somebody with "MANAGE_GUILD", can revoke a link.',
      );
    }
  }
  await revokeInviteRow(deps.sql, code, nowMs);
}
