import { listAudit as operation } from "../../../../../core/api/guilds.ts";
import { listAudit } from "../../../../services/guilds/list_audit.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function listAuditRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      listAudit(deps, caller.userId, { guildId: params.guild_id, ...query }),
  );
}
