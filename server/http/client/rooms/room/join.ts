import { joinPrivateChannel as operation } from "../../../../../core/api/channels.ts";
import { joinRoom } from "../../../../services/channels/join_room.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function joinPrivateChannelRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await joinRoom(deps, caller.userId, params.room_id);
    return {};
  });
}
