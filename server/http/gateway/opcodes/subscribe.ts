import type { GatewayDeps } from "../context.ts";
import { serverFrame } from "../frame.ts";
import type { Session } from "../session.ts";

/** Most guilds whose members one session watches at once; the oldest makes room. */
const WATCHED_ROOM_COUNT = 64;

/** In the place of a guild: friends and people of conversations. No room is called so. */
const NEAR = "near";

/**
 * Watches members of a guild, or those who are near: their presence and changes come from now on.
 * Who is not there, or not visible to the caller, is left out without a word.
 */
export async function subscribe(
  deps: GatewayDeps,
  session: Session,
  data: { guild_id: string | null; user_ids: readonly string[] },
): Promise<void> {
  const { guild_id: guildId, user_ids: userIds } = data;
  const found = userIds.length === 0
    ? []
    : guildId === null
    ? await deps.source.near(session.caller, userIds)
    : await deps.source.members(session.caller, guildId, userIds);
  if (guildId === null) deps.hub.watch(session, NEAR, found);
  else {
    if (!session.rooms.has(guildId)) return;
    makeRoom(deps, session, guildId);
    deps.hub.watch(session, guildId, found);
  }
  session.sink.send(serverFrame({
    op: "presences",
    d: { guild_id: guildId, presences: deps.presences.among(found) },
  }));
}

function makeRoom({ hub }: GatewayDeps, session: Session, guildId: string): void {
  const { watched } = session;
  if (watched.has(guildId)) return;
  const rooms = [...watched.keys()].filter((roomId) => roomId !== NEAR);
  const [oldest] = rooms;
  if (oldest !== undefined && rooms.length >= WATCHED_ROOM_COUNT) hub.watch(session, oldest, []);
}
