import { removePreviews as operation } from "../../../../../../core/api/messages.ts";
import { removePreviews } from "../../../../../services/previews/remove_previews.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function removePreviewsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) =>
      removePreviews(deps, caller.userId, { roomId: params.room_id, eventId: params.event_id }),
  );
}
