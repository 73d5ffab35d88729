import { createInvite as operation } from "../../../../core/api/invites.ts";
import { createInvite } from "../../../services/invites/create_invite.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

export function createInviteRoute(deps: ChatRouteDeps): Route {
  return route(
    operation,
    ({ caller, body }) => createInvite(deps, caller.userId, { ...body, guildId: body.guild_id }),
  );
}
