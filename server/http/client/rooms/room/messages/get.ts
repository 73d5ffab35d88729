import { getMessage as operation } from "../../../../../../core/api/messages.ts";
import { getMessage } from "../../../../../services/messages/get_message.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function getMessageRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) =>
      getMessage(deps, caller.userId, { roomId: params.room_id, eventId: params.event_id }),
  );
}
