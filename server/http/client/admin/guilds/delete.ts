import { adminDeleteGuild as operation } from "../../../../../core/api/admin_guilds.ts";
import { deleteGuildAsAdmin } from "../../../../services/guilds/admin_guilds.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function adminDeleteGuildRoute(deps: ChatRouteDeps): Route {
  return route(operation, ({ caller, params, body }) =>
    deleteGuildAsAdmin(deps, {
      guildId: params.guild_id,
      actor: caller.userId,
      reason: body.reason ?? null,
    }));
}
