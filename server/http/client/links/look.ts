import { lookAtLink as operation } from "../../../../core/api/links.ts";
import { lookAtLink } from "../../../services/invites/links.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function lookAtLinkRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, query, address }) =>
      lookAtLink(deps, { userId: caller.userId, address }, query.link),
  );
}
