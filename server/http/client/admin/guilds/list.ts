import { adminListGuilds as operation } from "../../../../../core/api/admin_guilds.ts";
import { listAdminGuilds } from "../../../../services/guilds/admin_guilds.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminListGuildsRoute(deps: ChatRouteDeps): Route {
  return route(operation, ({ query }) => listAdminGuilds(deps, query));
}
