import { updateGuild as operation } from "../../../../../core/api/guilds.ts";
import { updateGuild } from "../../../../services/guilds/update_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function updateGuildRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      updateGuild(deps, caller.userId, { guildId: params.guild_id, change: body }),
  );
}
