import { viewAs as operation } from "../../../../../core/api/guilds.ts";
import { viewAs } from "../../../../services/roles/view_as.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function viewAsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      viewAs(deps, caller.userId, { guildId: params.guild_id, ...query }),
  );
}
