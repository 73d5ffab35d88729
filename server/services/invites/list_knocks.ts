import type { z } from "zod";
import type { listKnocks as operation } from "../../../core/api/invitations.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { unknownUser } from "../messages/project_messages.ts";
import { knocksOn } from "./knocks_on.ts";

/** Knocks shown at once, oldest first. */
const SHOWN_MAX = 200;

/** Who asks to be let in. @throws OperationError `forbidden`, `not_found` */
export async function listKnocks(
  deps: Pick<ChatDeps, "rooms" | "users" | "clock">,
  userId: UserId,
  guildId: string,
): Promise<z.input<typeof operation.result>> {
  const { authority } = await openGuild(deps, userId, guildId);
  requireRight(authority.base(userId, deps.clock.now()), "CREATE_INVITE", "see who knocks");
  const knocking = knocksOn(authority).slice(0, SHOWN_MAX);
  const people = await deps.users.find(knocking.map(({ pdu }) => pdu.sender));
  return {
    knocks: knocking.map(({ pdu }) => ({
      user: people.get(pdu.sender) ?? unknownUser(pdu.sender),
      ts: pdu.origin_ts,
    })),
  };
}
