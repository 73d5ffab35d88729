import { editMessage as operation } from "../../../../../../core/api/messages.ts";
import { editMessage } from "../../../../../services/messages/edit_message.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function editMessageRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      editMessage(deps, caller.userId, {
        roomId: params.room_id,
        eventId: params.event_id,
        ...body,
      }),
  );
}
