import { deleteRole as operation } from "../../../../../../core/api/guilds.ts";
import { deleteRole } from "../../../../../services/roles/delete_role.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function deleteRoleRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await deleteRole(deps, caller.userId, { guildId: params.guild_id, roleId: params.role_id });
    return {};
  });
}
