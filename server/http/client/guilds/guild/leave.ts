import { leaveGuild as operation } from "../../../../../core/api/guilds.ts";
import { leaveGuild } from "../../../../services/guilds/leave_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function leaveGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await leaveGuild(deps, caller.userId, params.guild_id);
    return {};
  });
}
