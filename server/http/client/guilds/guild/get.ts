import { getGuild as operation } from "../../../../../core/api/guilds.ts";
import { openGuild } from "../../../../services/chat/place.ts";
import { viewGuild } from "../../../../services/chat/view_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function getGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    const room = await openGuild(deps, caller.userId, params.guild_id);
    return await viewGuild(deps, room, caller.userId);
  });
}
