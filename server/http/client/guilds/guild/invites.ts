import { listInvites as operation } from "../../../../../core/api/invites.ts";
import { listInvites } from "../../../../services/invites/list_invites.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function listInvitesRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    async ({ caller, params }) => ({
      invites: [...await listInvites(deps, caller.userId, params.guild_id)],
    }),
  );
}
