import { listReactors as operation } from "../../../../../../core/api/messages.ts";
import { listReactors } from "../../../../../services/messages/react.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function listReactorsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      listReactors(deps, caller.userId, {
        roomId: params.room_id,
        eventId: params.event_id,
        ...query,
      }),
  );
}
