import { redactMessages as operation } from "../../../core/api/messages.ts";
import { redactMessages } from "../../services/messages/redact_messages.ts";
import { type Route, route } from "../route.ts";
import type { ChatRouteDeps } from "./chat_route_deps.ts";

export function redactMessagesRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) =>
      redactMessages(deps, caller.userId, {
        roomId: body.room_id,
        channelId: body.channel_id,
        eventIds: body.event_ids,
        reason: body.reason,
      }),
  );
}
