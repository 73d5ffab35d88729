import { listMembers as operation } from "../../../../../../core/api/guilds.ts";
import { listMembers } from "../../../../../services/members/list_members.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

export function listMembersRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, params, query }) =>
      listMembers(deps, caller.userId, { guildId: params.guild_id, ...query }),
  );
}
