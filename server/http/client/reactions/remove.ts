import { removeReaction as operation } from "../../../../core/api/messages.ts";
import { removeReaction } from "../../../services/messages/react.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function removeReactionRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) =>
      removeReaction(deps, caller.userId, {
        roomId: body.room_id,
        eventId: body.event_id,
        key: body.key,
      }),
  );
}
