import { listKnocks as operation } from "../../../../../core/api/invitations.ts";
import { listKnocks } from "../../../../services/invites/list_knocks.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function listKnocksRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) => listKnocks(deps, caller.userId, params.guild_id),
  );
}
