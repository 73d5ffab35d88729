import type { GuildSummary } from "../../../core/api/guild.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { projectSummary } from "./project_guild.ts";

/** Rooms that are opened at once while looking through all of them. */
const ROOMS_AT_ONCE = 20;

/** Every guild that somebody is in, by name: for those who run the server. */
export async function listAllGuilds(
  deps: Pick<ChatDeps, "sql" | "rooms">,
): Promise<GuildSummary[]> {
  const rows = await deps.sql<{ room_id: RoomId }[]>`
    select room_id from current_state where type = 'm.guild.meta' and state_key = ''
    order by room_id`;
  const guilds: GuildSummary[] = [];
  for (let at = 0; at < rows.length; at += ROOMS_AT_ONCE) {
    const rooms = await Promise.all(
      rows.slice(at, at + ROOMS_AT_ONCE).map((row) => deps.rooms.open(row.room_id)),
    );
    for (const room of rooms) {
      if (room?.authority.room.kind === "guild") guilds.push(projectSummary(room));
    }
  }
  return guilds.filter((guild) => guild.member_count > 0)
    .sort((a, b) => a.name.localeCompare(b.name));
}
