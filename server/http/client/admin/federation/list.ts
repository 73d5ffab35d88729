import { adminListDestinations as operation } from "../../../../../core/api/admin_federation.ts";
import { listDestinations } from "../../../../services/federation/destinations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminListDestinationsRoute({ destinations }: ChatRouteDeps): Route {
  return route(operation, ({ query }) => listDestinations(destinations, query));
}
