import { acceptInvite as operation } from "../../../../../core/api/invites.ts";
import { acceptInvite } from "../../../../services/invites/accept_invite.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function acceptInviteRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, address }) =>
      acceptInvite(deps, { userId: caller.userId, address }, params.code),
  );
}
