import { discoverGuilds, getListing, setListing } from "../../../../core/api/discover.ts";
import { discover, isListed, listGuild } from "../../../services/guilds/listed_guilds.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** The directory of this server's guilds. */
export function discoverRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(discoverGuilds, ({ caller, query }) => discover(deps, caller.userId, query.cursor)),
    route(
      getListing,
      ({ caller, params }) => isListed(deps, caller.userId, params.guild_id),
    ),
    route(
      setListing,
      ({ caller, params, body }) =>
        listGuild(deps, caller.userId, { guildId: params.guild_id, listed: body.listed }),
    ),
  ];
}
