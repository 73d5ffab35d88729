import { listPins as operation } from "../../../../../../core/api/messages.ts";
import { listPins } from "../../../../../services/messages/pins.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function listPinsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    async ({ caller, params, query }) => ({
      messages: [
        ...await listPins(deps, caller.userId, {
          roomId: params.room_id,
          channelId: query.channel_id,
        }),
      ],
    }),
  );
}
