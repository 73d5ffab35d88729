import { listBans as operation } from "../../../../../../core/api/guilds.ts";
import { listBans } from "../../../../../services/members/bans.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function listBansRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) => listBans(deps, caller.userId, params.guild_id, query),
  );
}
