import { setWelcome as operation } from "../../../../../core/api/welcome.ts";
import { setWelcome } from "../../../../services/guilds/welcome.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function setWelcomeRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      setWelcome(deps, caller.userId, { guildId: params.guild_id, welcome: body }),
  );
}
