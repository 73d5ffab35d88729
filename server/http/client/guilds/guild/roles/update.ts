import { updateRole as operation } from "../../../../../../core/api/guilds.ts";
import { updateRole } from "../../../../../services/roles/update_role.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function updateRoleRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      updateRole(deps, caller.userId, {
        guildId: params.guild_id,
        roleId: params.role_id,
        fields: body,
      }),
  );
}
