import { sendTyping as operation } from "../../../../../core/api/messages.ts";
import { mayType } from "../../../../services/chat/may_type.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function sendTypingRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body }) => {
    const place = await mayType(deps, caller.userId, { ...params, ...body });
    if (!(await deps.preferences.of(caller.userId)).share_typing) return {};
    deps.announceTyping({ ...place, user: await deps.users.get(caller.userId) });
    return {};
  });
}
