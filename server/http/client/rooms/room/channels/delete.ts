import { deleteChannel as operation } from "../../../../../../core/api/channels.ts";
import { deleteChannel } from "../../../../../services/channels/delete_channel.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function deleteChannelRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await deleteChannel(deps, caller.userId, {
      roomId: params.room_id,
      channelId: params.channel_id,
    });
    return {};
  });
}
