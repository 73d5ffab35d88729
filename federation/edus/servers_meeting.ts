import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { EduRooms } from "./ports.ts";

/** Rooms looked at for one user. */
const ROOMS_MAX = 200;
/** Servers told of one thing about a user. */
export const SERVERS_MET_MAX = 500;

/** The other servers that share a room with a user of this one. */
export async function serversMeeting(
  { rooms, self }: { readonly rooms: EduRooms; readonly self: ServerName },
  user: UserId,
): Promise<ReadonlySet<ServerName>> {
  const servers = new Set<ServerName>();
  for (const roomId of await rooms.joinedRooms(user, ROOMS_MAX)) {
    const authority = await rooms.authority(roomId);
    for (const server of authority?.joinedServers() ?? []) {
      if (server !== self) servers.add(server);
      if (servers.size >= SERVERS_MET_MAX) return servers;
    }
  }
  return servers;
}
