import { mayStayInPrivate } from "../../core/auth/private_room.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { parseRoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Asked } from "../ports.ts";
import { notHere } from "./not_here.ts";
import type { ReadableRoom, RoomReader } from "./ports.ts";

/** The servers of a state, counted once for as long as it is the present one. */
const serversOf = new WeakMap<Authority, ReadonlySet<ServerName>>();

/**
 * The room, for a server that has a joined user in it now and that its ACL lets take part: also
 * one whose join was accepted a moment ago. Throws `not_found`.
 */
export async function openRoom(
  rooms: RoomReader,
  asked: Asked,
  rawRoomId: string,
): Promise<ReadableRoom> {
  const roomId = parseRoomId(rawRoomId);
  const room = roomId === undefined ? undefined : await rooms.open(roomId);
  if (room === undefined || !isInRoom(room, asked.origin)) throw notHere();
  return room;
}

/** Whether a server takes part in the room. PROTOCOL.md 2 (who receives). */
export function isInRoom(room: Standing, server: ServerName): boolean {
  const { authority, guild } = room;
  let servers = serversOf.get(authority);
  if (servers === undefined) {
    servers = authority.joinedServers();
    serversOf.set(authority, servers);
  }
  if (!servers.has(server) || !isServerAllowed(authority.view, server)) return false;
  if (guild === undefined) return true;
  for (const user of authority.joinedUsers()) {
    if (serverOf(user) === server && belongs(room, user)) return true;
  }
  return false;
}

type Standing = Pick<ReadableRoom, "authority" | "guild">;

/** A member of a private room whom the guild no longer lets in is told nothing. PROTOCOL.md 9. */
export function belongs({ authority, guild }: Standing, user: UserId): boolean {
  return guild === undefined || mayStayInPrivate(authority, guild, user);
}
