import { adminGetFigures as operation } from "../../../../../core/api/admin_server.ts";
import { listFigures } from "../../../../services/figures/list_figures.ts";
import { type Route, route } from "../../../route.ts";
import type { ServerRouteDeps } from "../../server_route_deps.ts";

export function adminGetFiguresRoute(deps: ServerRouteDeps): Route {
  return route(operation, ({ query }) => listFigures(deps, query.span));
}
