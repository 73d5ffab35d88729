import { inviteUser as operation } from "../../../core/api/invites.ts";
import { inviteUser } from "../../services/invites/invite_user.ts";
import { type Route, route } from "../route.ts";
import type { ChatRouteDeps } from "./chat_route_deps.ts";

export function inviteUserRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, body }) => {
    await inviteUser(deps, caller.userId, { roomId: body.room_id, userId: body.user_id });
    return {};
  });
}
