import { openDm as operation } from "../../../../core/api/dms.ts";
import { openDm } from "../../../services/dms/open_dm.ts";
import { Turns } from "../../../services/turns.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function openDmRoute(deps: ChatRouteDeps): Route {
  const turns = new Turns();
  return route(
    operation,
    ({ caller, body }) => openDm({ ...deps, turns }, caller.userId, body.user_id),
  );
}
