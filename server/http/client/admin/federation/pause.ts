import { adminPauseDestination as operation } from "../../../../../core/api/admin_federation.ts";
import { setDestinationPaused } from "../../../../services/federation/destinations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminPauseDestinationRoute({ destinations }: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await setDestinationPaused(destinations, params.server, {
      paused: true,
      actor: caller.userId,
    });
    return {};
  });
}
