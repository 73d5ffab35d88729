import { listMentions as operation } from "../../../../core/api/inbox.ts";
import { listMentions } from "../../../services/inbox/list_mentions.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function listMentionsRoute(deps: ChatRouteDeps): Route {
  return route(operation, ({ caller, query }) => listMentions(deps, caller.userId, query));
}
