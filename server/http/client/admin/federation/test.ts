import { adminTestServer as operation } from "../../../../../core/api/admin_federation.ts";
import { testServer } from "../../../../services/federation/destinations.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminTestServerRoute({ destinations }: ChatRouteDeps): Route {
  return route(operation, ({ params }) => testServer(destinations, params.server));
}
