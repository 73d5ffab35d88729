import { adminGetGuild as operation } from "../../../../../core/api/admin_guilds.ts";
import { getAdminGuild } from "../../../../services/guilds/admin_guilds.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminGetGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, ({ params }) => getAdminGuild(deps, params.guild_id));
}
