import { pinMessage as operation } from "../../../../../../core/api/messages.ts";
import { pinMessage } from "../../../../../services/messages/pins.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function pinMessageRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      pinMessage(deps, caller.userId, {
        roomId: params.room_id,
        eventId: params.event_id,
        on: body.on,
      }),
  );
}
