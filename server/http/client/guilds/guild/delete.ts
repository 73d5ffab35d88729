import { deleteGuild as operation } from "../../../../../core/api/guilds.ts";
import { deleteGuild } from "../../../../services/guilds/delete_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function deleteGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body }) => {
    await deleteGuild(deps, caller.userId, { guildId: params.guild_id, name: body.name });
    return {};
  });
}
