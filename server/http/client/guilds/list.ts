import { listGuilds as operation } from "../../../../core/api/guilds.ts";
import { openJoinedRooms, withoutMoved } from "../../../services/guilds/list_guilds.ts";
import { projectSummary } from "../../../services/guilds/project_guild.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function listGuildsRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller }) => {
    const rooms = await openJoinedRooms(deps, caller.userId, ["guild"]);
    return { guilds: withoutMoved(rooms).map(projectSummary) };
  });
}
