import { banMember as operation } from "../../../../../../core/api/guilds.ts";
import { banMember } from "../../../../../services/members/bans.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function banMemberRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body }) => {
    await banMember(deps, caller.userId, {
      guildId: params.guild_id,
      userId: params.user_id,
      ...body,
    });
    return {};
  });
}
