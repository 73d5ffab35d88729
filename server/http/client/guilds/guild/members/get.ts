import { getMember as operation } from "../../../../../../core/api/guilds.ts";
import { getMember } from "../../../../../services/members/get_member.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function getMemberRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params }) =>
      getMember(deps, caller.userId, { guildId: params.guild_id, userId: params.user_id }),
  );
}
