import { GROUP_LIMITS } from "../../../core/api/e2ee_groups.ts";
import { isServerAllowed } from "../../../core/auth/server_acl.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { Queryable } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import { findGroup } from "./group_rows.ts";

/** The server that orders the changes of a room's group at first: the one of who made the room. */
export function firstSequencerOf({ authority }: Pick<Room, "authority">): ServerName {
  return serverOf(authority.room.creator);
}

/** The server that orders them now, as far as this one knows. */
export async function sequencerOf(
  sql: Queryable,
  room: Pick<Room, "authority" | "id">,
): Promise<ServerName> {
  return (await findGroup(sql, room.id))?.sequencer ?? firstSequencerOf(room);
}

/** A room's members' servers, as the one that orders its group counts them. */
export interface ServersOf {
  readonly room: Room;
  /** See `membersOf`. */
  readonly members: readonly UserId[];
  readonly self: ServerName;
}

/**
 * Who takes over from this server: those of the most members first, of equally many by name.
 * PROTOCOL.md 13 (successors).
 */
export function successorsOf({ room, members, self }: ServersOf): ServerName[] {
  const counts = new Map<ServerName, number>();
  for (const user of members) {
    const server = serverOf(user);
    if (server === self || !isServerAllowed(room.authority.view, server)) continue;
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, GROUP_LIMITS.successors).map(([server]) => server);
}
