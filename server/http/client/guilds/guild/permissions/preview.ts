import { previewPermissions as operation } from "../../../../../../core/api/guilds.ts";
import { previewPermissions } from "../../../../../services/roles/preview_permissions.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function previewPermissionsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      previewPermissions(deps, caller.userId, { guildId: params.guild_id, change: body }),
  );
}
