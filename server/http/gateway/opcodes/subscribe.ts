import type { GatewayDeps } from "../context.ts";
import { serverFrame } from "../frame.ts";
import type { Session } from "../session.ts";

/** Most guilds whose members one session watches at once; the oldest makes room. */
const WATCHED_ROOM_COUNT = 64;

/**
 * Watches members of a guild: their presence and changes come from now on. Who is not
 * there, or not visible to the caller, is left out without a word.
 */
export async function subscribe(
  deps: GatewayDeps,
  session: Session,
  data: { guild_id: string; user_ids: readonly string[] },
): Promise<void> {
  const members = data.user_ids.length === 0
    ? []
    : await deps.source.members(session.caller, data.guild_id, data.user_ids);
  if (!session.rooms.has(data.guild_id)) return;
  const [oldest] = session.watched.keys();
  if (
    oldest !== undefined && session.watched.size >= WATCHED_ROOM_COUNT &&
    !session.watched.has(data.guild_id)
  ) deps.hub.watch(session, oldest, []);
  deps.hub.watch(session, data.guild_id, members);
  session.sink.send(serverFrame({
    op: "presences",
    d: { guild_id: data.guild_id, presences: deps.presences.among(members) },
  }));
}
