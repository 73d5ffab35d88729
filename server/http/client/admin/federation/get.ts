import { adminGetDestination as operation } from "../../../../../core/api/admin_federation.ts";
import { getDestination } from "../../../../services/federation/destinations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminGetDestinationRoute({ destinations }: ChatRouteDeps): Route {
  return route(operation, ({ params }) => getDestination(destinations, params.server));
}
