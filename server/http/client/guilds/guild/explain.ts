import { explainPermission as operation } from "../../../../../core/api/guilds.ts";
import { explainPermission } from "../../../../services/roles/explain_permission.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function explainPermissionRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      explainPermission(deps, caller.userId, { guildId: params.guild_id, ...query }),
  );
}
