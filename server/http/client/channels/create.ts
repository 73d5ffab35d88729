import { createChannel as operation } from "../../../../core/api/channels.ts";
import { createChannel } from "../../../services/channels/create_channel.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function createChannelRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) => createChannel(deps, caller.userId, { ...body, guildId: body.guild_id }),
  );
}
