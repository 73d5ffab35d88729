import { knock as operation } from "../../../../../core/api/invitations.ts";
import { knockOnRoom } from "../../../../services/invites/knock_on_room.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function knockRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body, address }) => {
    const user = { userId: caller.userId, address };
    await knockOnRoom(deps, user, { roomId: params.room_id, server: body.server });
    return {};
  });
}
