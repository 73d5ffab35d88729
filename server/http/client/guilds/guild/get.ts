import { getGuild as operation } from "../../../../../core/api/guilds.ts";
import { openGuild } from "../../../../services/chat/place.ts";
import { countRoles } from "../../../../services/guilds/project_guild.ts";
import { viewGuild } from "../../../../services/chat/view_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function getGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    const room = await openGuild(deps, caller.userId, params.guild_id);
    const guild = await viewGuild(deps, room, caller.userId);
    return { ...guild, roles: countRoles(room.authority, guild.roles) };
  });
}
