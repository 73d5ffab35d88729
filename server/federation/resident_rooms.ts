import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { ResidentRooms } from "../../federation/membership_ports.ts";
import type { Sql } from "../postgres/sql.ts";
import { standingOn } from "../rooms/many_heads.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";

/** Whether somebody of a server is joined. */
export function isResident(authority: Authority, server: ServerName): boolean {
  for (const user of authority.joinedUsers()) if (serverOf(user) === server) return true;
  return false;
}

/** The room, where somebody of ours is joined and its graph is verified. */
export async function openResident(
  deps: { readonly rooms: Pick<Rooms, "open">; readonly serverName: ServerName },
  roomId: RoomId,
): Promise<Room | undefined> {
  const room = await deps.rooms.open(roomId);
  if (room === undefined || room.checking !== undefined) return undefined;
  return isResident(room.authority, deps.serverName) ? room : undefined;
}

export function residentRooms(deps: {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly serverName: ServerName;
}): ResidentRooms {
  const { sql } = deps;
  return {
    async resident(roomId) {
      const room = await openResident(deps, roomId);
      return room === undefined ? undefined : {
        roomId,
        authority: room.authority,
        heads: room.tip.heads,
        standing: async () => (await standingOn(room.tip, room.graph)).base,
      };
    },
    async channelHeads(roomId, channelIds) {
      const rows = await sql<{ channel_id: ChannelId; event_ids: EventId[] }[]>`
        select channel_id, event_ids from graph_heads
        where room_id = ${roomId} and channel_id = any(${[...channelIds]})`;
      return new Map(rows.map((row) => [row.channel_id, row.event_ids]));
    },
    async countControl(roomId) {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from events
        where room_id = ${roomId} and channel_id is null and outcome = 'accepted'`;
      return row?.count ?? 0;
    },
  };
}
