import type { Delivery } from "../../../core/api/delivery.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../../core/ids/user_id.ts";
import { missedBy } from "../../federation/missed_graphs.ts";
import type { RoomServers } from "../../federation/room_servers.ts";
import { loadMarks } from "../../federation/stay_rows.ts";
import { duringStay } from "../../federation/stays.ts";
import { hasRead } from "../../postgres/sync_token.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openMessage } from "../messages/view_message.ts";
import type { AwayServers } from "./away_servers.ts";

export interface DeliveryDeps
  extends Pick<ChatDeps, "sql" | "rooms" | "users" | "clock" | "serverName"> {
  readonly servers: RoomServers;
  readonly away: AwayServers;
}

/**
 * Which servers have a message: those with readers that were there when it was sent; who came
 * later asks for it by itself. @throws OperationError `not_found`
 */
export async function getDelivery(
  deps: DeliveryDeps,
  userId: UserId,
  raw: { readonly roomId: string; readonly eventId: string },
): Promise<{ origin: string; servers: Delivery[] | null }> {
  const { place, row } = await openMessage(deps, userId, raw);
  const origin = serverOf(row.sender);
  if (origin !== deps.serverName) return { origin, servers: null };
  const readers = new Map<ServerName, number>();
  const { authority } = place.room;
  for (const user of authority.viewersOf(place.channelId)) {
    const server = serverOf(user);
    if (!authority.letsIn(server)) continue;
    readers.set(server, (readers.get(server) ?? 0) + 1);
  }
  const at = row.first ?? row;
  const meant = [...readers.keys()].filter((server) =>
    deps.servers.of(server, place.room.id).some((stay) => duringStay(stay, at))
  ).sort();
  if (meant.length === 0) return { origin, servers: [] };
  const marks = await loadMarks(deps.sql, deps.servers.followed.instance, meant);
  // A mark has passed what was not sent as well, since nobody there saw the channel.
  const missed = await missedBy(deps.sql, { roomId: place.room.id, channelId: place.channelId });
  return {
    origin,
    servers: meant.map((server): Delivery => {
      const mark = marks.get(server);
      const has = mark !== undefined && hasRead(mark, at) && !missed.has(server);
      const sinceMs = has ? undefined : deps.away.sinceMs(server);
      return {
        server,
        state: has ? "has" : sinceMs === undefined ? "waiting" : "away",
        readers: readers.get(server) ?? 0,
        since_ts: sinceMs ?? null,
      };
    }),
  };
}
