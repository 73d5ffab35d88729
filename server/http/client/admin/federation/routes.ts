import type { Route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";
import { adminListInboundEventsRoute } from "./events.ts";
import { adminGetDestinationRoute } from "./get.ts";
import { adminListDestinationsRoute } from "./list.ts";
import { adminPauseDestinationRoute } from "./pause.ts";
import { adminResumeDestinationRoute } from "./resume.ts";
import { adminRetryDestinationRoute } from "./retry.ts";
import { adminTestServerRoute } from "./test.ts";

/** Other servers, for administrators. */
export function otherServerRoutes(deps: ChatRouteDeps): Route[] {
  return [
    // Before the one that takes any server's name in that place.
    adminListInboundEventsRoute(deps),
    adminGetDestinationRoute(deps),
    adminListDestinationsRoute(deps),
    adminPauseDestinationRoute(deps),
    adminResumeDestinationRoute(deps),
    adminRetryDestinationRoute(deps),
    adminTestServerRoute(deps),
  ];
}
