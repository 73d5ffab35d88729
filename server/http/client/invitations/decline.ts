import { declineInvitation as operation } from "../../../../core/api/invitations.ts";
import { declineInvitation } from "../../../services/invites/invitations.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function declineInvitationRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await declineInvitation(deps, caller.userId, params.room_id);
    return {};
  });
}
