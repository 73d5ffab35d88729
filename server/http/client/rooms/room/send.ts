import { sendMessage as operation } from "../../../../../core/api/messages.ts";
import { sendMessage } from "../../../../services/messages/send_message.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function sendMessageRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      sendMessage(deps, caller.userId, {
        ...body,
        roomId: params.room_id,
        channelId: body.channel_id,
      }),
  );
}
