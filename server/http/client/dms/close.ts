import { closeDm as operation } from "../../../../core/api/dms.ts";
import { closeDm } from "../../../services/dms/leave_dm.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function closeDmRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await closeDm(deps, caller.userId, params.room_id);
    return {};
  });
}
