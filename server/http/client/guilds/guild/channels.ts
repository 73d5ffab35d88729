import { orderChannels as operation } from "../../../../../core/api/channels.ts";
import { orderChannels } from "../../../../services/channels/order_channels.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function orderChannelsRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    async ({ caller, params, body }) => ({
      channels: [
        ...await orderChannels(deps, caller.userId, {
          guildId: params.guild_id,
          channels: body.channels,
        }),
      ],
    }),
  );
}
