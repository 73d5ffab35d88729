import { adminGetOverview as operation } from "../../../../../core/api/admin_server.ts";
import { getOverview } from "../../../../services/figures/get_overview.ts";
import { type Route, route } from "../../../route.ts";
import type { ServerRouteDeps } from "../../server_route_deps.ts";

export function adminGetOverviewRoute(deps: ServerRouteDeps): Route {
  return route(operation, () => getOverview(deps));
}
