import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { EduRooms } from "./ports.ts";

/** Rooms and friends looked at for one user. */
export const ROOMS_MAX = 200;
const FRIENDS_MAX = 1000;
/** Servers told of one thing about a user. */
export const SERVERS_MET_MAX = 500;

/**
 * The other servers that share a room with a user of this one, or have a friend of theirs. A room
 * whose list shuts a server out brings nobody together with it. PROTOCOL.md 10 (EDUs).
 */
export async function serversMeeting(
  { rooms, self }: { readonly rooms: EduRooms; readonly self: ServerName },
  user: UserId,
): Promise<ReadonlySet<ServerName>> {
  const servers = new Set<ServerName>();
  for (const roomId of await rooms.joinedRooms(user, ROOMS_MAX)) {
    const authority = await rooms.authority(roomId);
    if (authority === undefined) continue;
    for (const server of authority.joinedServers()) {
      if (server !== self && authority.letsIn(server)) servers.add(server);
      if (servers.size >= SERVERS_MET_MAX) return servers;
    }
  }
  for (const friend of await rooms.friendsElsewhere(user, FRIENDS_MAX)) {
    if (servers.size >= SERVERS_MET_MAX) break;
    servers.add(serverOf(friend));
  }
  return servers;
}
