import { getInvite as operation } from "../../../../../core/api/invites.ts";
import { lookAtInvite } from "../../../../services/invites/look_at_invite.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function getInviteRoute(deps: ChatRouteDeps): Route {
  return route(operation, ({ params }) => lookAtInvite(deps, params.code));
}
