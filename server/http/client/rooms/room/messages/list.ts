import { listMessages as operation } from "../../../../../../core/api/messages.ts";
import { listMessages } from "../../../../../services/messages/list_messages.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function listMessagesRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      listMessages(deps, caller.userId, {
        ...query,
        before: query.before ?? query.from,
        roomId: params.room_id,
        channelId: query.channel_id,
        threadId: query.thread_id,
      }),
  );
}
