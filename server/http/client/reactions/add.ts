import { addReaction as operation } from "../../../../core/api/messages.ts";
import { addReaction } from "../../../services/messages/react.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function addReactionRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) =>
      addReaction(deps, caller.userId, {
        roomId: body.room_id,
        eventId: body.event_id,
        key: body.key,
        sealed: body.sealed,
      }),
  );
}
