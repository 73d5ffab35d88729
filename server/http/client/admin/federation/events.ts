import { adminListInboundEvents as operation } from "../../../../../core/api/admin_federation.ts";
import { listInboundEvents } from "../../../../services/federation/inbound_events.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminListInboundEventsRoute(deps: Pick<ChatRouteDeps, "sql">): Route {
  return route(operation, ({ query }) => listInboundEvents(deps.sql, query));
}
