import { getRead, markRead as operation } from "../../../../../core/api/messages.ts";
import { markRead, readStateOf } from "../../../../services/reads/mark_read.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

function markReadRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      markRead(deps, caller.userId, {
        roomId: params.room_id,
        channelId: body.channel_id,
        threadId: body.thread_id,
        eventId: body.event_id,
        back: body.back ?? false,
      }),
  );
}

function getReadRoute(deps: ChatRouteDeps): Route {
  return route(
    getRead,
    ({ caller, params, query }) =>
      readStateOf(deps, caller.userId, {
        roomId: params.room_id,
        channelId: query.channel_id,
        threadId: query.thread_id,
      }),
  );
}

/** How far a channel or a thread was read. */
export function readRoutes(deps: ChatRouteDeps): Route[] {
  return [getReadRoute(deps), markReadRoute(deps)];
}
