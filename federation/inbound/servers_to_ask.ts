import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { InboundRoom, InboundRooms } from "./ports.ts";

/** Whom to ask about a room: the one who should know, then the others with a member in it. */
export function serversToAsk(
  room: Pick<InboundRoom, "end">,
  { first, self, max }: {
    readonly first: ServerName;
    readonly self: ServerName;
    readonly max: number;
  },
): readonly ServerName[] {
  const others = room.end.authority.joinedServers();
  return [...new Set([first, ...others])].filter((server) => server !== self).slice(0, max);
}

/** All servers with somebody in a room, `first` before them. Of a room that is not held: that one. */
export async function residentsOf(
  rooms: Pick<InboundRooms, "open">,
  { roomId, first }: { readonly roomId: RoomId; readonly first: ServerName },
): Promise<readonly ServerName[]> {
  const room = await rooms.open(roomId);
  return [...new Set([first, ...room?.end.authority.joinedServers() ?? []])];
}
