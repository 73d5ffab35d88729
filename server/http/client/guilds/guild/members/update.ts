import { updateMember as operation } from "../../../../../../core/api/guilds.ts";
import { updateMember } from "../../../../../services/members/update_member.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function updateMemberRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, body }) =>
      updateMember(deps, caller.userId, {
        guildId: params.guild_id,
        userId: params.user_id,
        change: body,
      }),
  );
}
