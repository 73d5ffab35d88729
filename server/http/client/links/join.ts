import { joinByLink as operation } from "../../../../core/api/links.ts";
import { joinByLink } from "../../../services/invites/links.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function joinByLinkRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body, address }) => joinByLink(deps, { userId: caller.userId, address }, body.link),
  );
}
