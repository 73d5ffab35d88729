import { adminRetryDestination as operation } from "../../../../../core/api/admin_federation.ts";
import { retryDestination } from "../../../../services/federation/destinations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminRetryDestinationRoute({ destinations }: ChatRouteDeps): Route {
  return route(operation, async ({ params }) => {
    await retryDestination(destinations, params.server);
    return {};
  });
}
