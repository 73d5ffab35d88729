import { unbanMember as operation } from "../../../../../../core/api/guilds.ts";
import { unbanMember } from "../../../../../services/members/bans.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function unbanMemberRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params }) => {
    await unbanMember(deps, caller.userId, { guildId: params.guild_id, userId: params.user_id });
    return {};
  });
}
