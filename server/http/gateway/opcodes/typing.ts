import { holdsScope } from "../../require_scope.ts";
import type { GatewayDeps } from "../context.ts";
import { channelKey, type Session } from "../session.ts";
import type { TalkRef } from "../source.ts";

/** Says that the user is writing; without the right to write there it says nothing. */
export async function announceTyping(
  deps: GatewayDeps,
  session: Session,
  data: TalkRef,
): Promise<void> {
  if (!holdsScope(session.caller, "write:messages")) return;
  if (!session.channels.has(channelKey(data.room_id, data.channel_id))) return;
  const typist = await deps.source.typist(session.caller, data);
  if (typist !== undefined) deps.typing.announce(typist.user, typist.place);
}
