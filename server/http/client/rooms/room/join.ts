import { joinPrivateChannel as operation } from "../../../../../core/api/channels.ts";
import { acceptInvitation } from "../../../../services/invites/invitations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function joinPrivateChannelRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, address }) => {
    await acceptInvitation(deps, { userId: caller.userId, address }, params.room_id);
    return {};
  });
}
