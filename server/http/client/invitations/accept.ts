import { acceptInvitation as operation } from "../../../../core/api/invitations.ts";
import { acceptInvitation } from "../../../services/invites/invitations.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function acceptInvitationRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, address }) =>
      acceptInvitation(deps, { userId: caller.userId, address }, params.room_id),
  );
}
