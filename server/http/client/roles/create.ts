import { createRole as operation } from "../../../../core/api/guilds.ts";
import { createRole } from "../../../services/roles/create_role.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function createRoleRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) => createRole(deps, caller.userId, { guildId: body.guild_id, fields: body }),
  );
}
