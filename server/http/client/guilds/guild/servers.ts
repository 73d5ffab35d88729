import { getGuildServers, setGuildServers } from "../../../../../core/api/guild_servers.ts";
import { listGuildServers, setServerAcl } from "../../../../services/guilds/guild_servers.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function getGuildServersRoute(deps: ChatRouteDeps): Route {
  return route(
    getGuildServers,
    ({ caller, params }) => listGuildServers(deps, caller.userId, params.guild_id),
  );
}

export function setGuildServersRoute(deps: ChatRouteDeps): Route {
  return route(setGuildServers, async ({ caller, params, body }) => {
    await setServerAcl(deps, caller.userId, { ...body, guildId: params.guild_id });
    return {};
  });
}
