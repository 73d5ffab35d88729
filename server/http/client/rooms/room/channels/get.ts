import { getChannel as operation } from "../../../../../../core/api/channels.ts";
import { viewChannel } from "../../../../../services/channels/view_channel.ts";
import { openChannel } from "../../../../../services/chat/place.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function getChannelRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    const raw = { roomId: params.room_id, channelId: params.channel_id };
    return await viewChannel(deps, caller.userId, await openChannel(deps, caller.userId, raw));
  });
}
