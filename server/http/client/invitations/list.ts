import { listInvitations as operation } from "../../../../core/api/invitations.ts";
import { listInvitations } from "../../../services/invites/invitations.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function listInvitationsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    async ({ caller }) => ({ invitations: await listInvitations(deps, caller.userId) }),
  );
}
