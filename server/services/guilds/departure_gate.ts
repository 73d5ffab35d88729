import type { DepartureGate } from "../accounts/gates.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { type LeaveDeps, leaveGroupDm } from "../dms/leave_group_dm.ts";
import { leaveRoom } from "./leave_guild.ts";
import { openJoinedRooms, withoutMoved } from "./list_guilds.ts";
import { projectSummary } from "./project_guild.ts";

/** What must happen in rooms before an account can end. */
export function departureGate(deps: LeaveDeps & Pick<ChatDeps, "sql" | "rooms">): DepartureGate {
  return {
    async ownedGuilds(userId) {
      const rooms = await openJoinedRooms(deps, userId, ["guild"]);
      return withoutMoved(rooms).filter((room) => room.authority.owner() === userId)
        .map((room) => projectSummary(room).name);
    },
    async leaveAll(userId) {
      const rooms = await openJoinedRooms(deps, userId, ["guild", "private", "dm", "group_dm"]);
      for (const room of rooms) {
        if (room.authority.room.kind === "group_dm") await leaveGroupDm(deps, room, userId);
        else await leaveRoom(room, userId);
      }
    },
  };
}
