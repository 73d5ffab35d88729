import { updateRoleMembers as operation } from "../../../../../../core/api/guilds.ts";
import { updateRoleMembers } from "../../../../../services/roles/update_role_members.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function updateRoleMembersRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      updateRoleMembers(deps, caller.userId, {
        guildId: params.guild_id,
        roleId: params.role_id,
        ...body,
      }),
  );
}
