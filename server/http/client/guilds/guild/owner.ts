import { transferGuild as operation } from "../../../../../core/api/guilds.ts";
import { transferGuild } from "../../../../services/guilds/transfer_guild.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function transferGuildRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      transferGuild(deps, caller.userId, { guildId: params.guild_id, userId: body.user_id }),
  );
}
