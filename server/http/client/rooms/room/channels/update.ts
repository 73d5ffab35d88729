import { updateChannel as operation } from "../../../../../../core/api/channels.ts";
import { updateChannel } from "../../../../../services/channels/update_channel.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function updateChannelRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      updateChannel(deps, caller.userId, {
        roomId: params.room_id,
        channelId: params.channel_id,
        change: body,
      }),
  );
}
