import { upgradeGuild as operation } from "../../../../../core/api/guilds.ts";
import { upgradeGuild } from "../../../../services/guilds/upgrade_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function upgradeGuildRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) => upgradeGuild(deps, caller.userId, params.guild_id),
  );
}
