import { createGuild as operation } from "../../../../core/api/guilds.ts";
import { createGuild } from "../../../services/guilds/create_guild.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function createGuildRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) =>
      createGuild(deps, caller.userId, {
        name: body.name,
        icon: body.icon ?? null,
        localOnly: body.local_only,
      }),
  );
}
