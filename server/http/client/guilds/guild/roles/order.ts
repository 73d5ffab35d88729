import { orderRoles as operation } from "../../../../../../core/api/guilds.ts";
import { orderRoles } from "../../../../../services/roles/order_roles.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function orderRolesRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    async ({ caller, params, body }) => ({
      roles: [...await orderRoles(deps, caller.userId, { guildId: params.guild_id, ...body })],
    }),
  );
}
