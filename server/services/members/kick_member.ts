import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openPeople } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import { keptKind } from "../webhooks/webhook_member.ts";
import { requireMember } from "./get_member.ts";

/** @throws OperationError `invalid` for oneself, `forbidden`, `not_found` */
export async function kickMember(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: {
    /** Or the room of a private channel. */
    readonly guildId: string;
    readonly userId: string;
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const room = await openPeople(deps, userId, input.guildId);
  const target = requireMember(room, input.userId);
  if (target === userId) {
    throw new OperationError("invalid", "You cannot kick yourself; leave instead.");
  }
  await room.changeControl((authority) => ({
    intents: [{
      type: "m.room.member",
      sender: userId,
      stateKey: target,
      content: withReason(
        { membership: "leave", ...keptKind(authority, target) },
        input.reason,
      ),
    }],
  }));
}
