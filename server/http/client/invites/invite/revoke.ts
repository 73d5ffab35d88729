import { revokeInvite as operation } from "../../../../../core/api/invites.ts";
import { revokeInvite } from "../../../../services/invites/revoke_invite.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function revokeInviteRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await revokeInvite(deps, caller.userId, params.code);
    return {};
  });
}
