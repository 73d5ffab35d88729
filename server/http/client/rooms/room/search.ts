import { searchMessages as operation } from "../../../../../core/api/search.ts";
import { searchMessages } from "../../../../services/search/search_messages.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function searchMessagesRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      searchMessages(deps, caller.userId, { ...query, roomId: params.room_id }),
  );
}
