import type { z } from "zod";
import type { listKnocks as operation } from "../../../core/api/invitations.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight } from "../chat/place.ts";

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
  const knocking = [...authority.view.entriesOf("m.room.member")]
    .filter(([, event]) => event.pdu.content["membership"] === "knock")
    .sort(([, a], [, b]) => a.pdu.origin_ts - b.pdu.origin_ts)
    .slice(0, SHOWN_MAX);
  const people = await deps.users.find(knocking.map(([user]) => user as UserId));
  return {
    knocks: knocking.flatMap(([id, event]) => {
      const user = people.get(id as UserId);
      return user === undefined ? [] : [{ user, ts: event.pdu.origin_ts }];
    }),
  };
}
