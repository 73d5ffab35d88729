import { kickMember as operation } from "../../../../../../core/api/guilds.ts";
import { kickMember } from "../../../../../services/members/kick_member.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function kickMemberRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body }) => {
    await kickMember(deps, caller.userId, {
      guildId: params.guild_id,
      userId: params.user_id,
      reason: body.reason,
    });
    return {};
  });
}
