import { getDelivery as operation } from "../../../../../../core/api/delivery.ts";
import { getDelivery } from "../../../../../services/federation/get_delivery.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function getDeliveryRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) =>
      getDelivery({ ...deps, ...deps.destinations }, caller.userId, {
        roomId: params.room_id,
        eventId: params.event_id,
      }),
  );
}
