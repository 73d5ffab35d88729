import { listDms as operation } from "../../../../core/api/dms.ts";
import { listDms } from "../../../services/dms/view_dm.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function listDmsRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller }) => ({ dms: [...await listDms(deps, caller.userId)] }));
}
