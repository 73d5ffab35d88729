import { OperationError } from "../../../core/errors.ts";
import { serverOf } from "../../../core/ids/user_id.ts";
import type { InviteGate } from "../accounts/gates.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { projectSummary } from "../guilds/project_guild.ts";
import { findUsableInvite } from "./find_usable_invite.ts";

/** What registration asks of invite links. */
export function inviteGate(
  deps: Pick<ChatDeps, "sql" | "rooms" | "clock" | "serverName">,
): InviteGate {
  return {
    async look(code) {
      try {
        const { row, room, author } = await findUsableInvite(deps, code);
        const summary = projectSummary(room);
        return {
          guild: {
            id: summary.id,
            name: summary.name,
            icon: summary.icon,
            description: summary.description,
            memberCount: summary.member_count,
          },
          expiresTs: row.expires_ts,
          usesLeft: row.max_uses === null ? null : row.max_uses - row.uses,
          maxUses: row.max_uses,
          authorMayInvite: serverOf(author) === deps.serverName,
        };
      } catch (error) {
        if (error instanceof OperationError) return undefined;
        throw error;
      }
    },
  };
}
