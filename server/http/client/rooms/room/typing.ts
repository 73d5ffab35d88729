import { sendTyping as operation } from "../../../../../core/api/messages.ts";
import { openChannel, requireRight } from "../../../../services/chat/place.ts";
import { type Route, route } from "../../../route.ts";
import type { ChatRouteDeps } from "../../chat_route_deps.ts";

export function sendTypingRoute(deps: ChatRouteDeps): Route {
  return route(operation, async ({ caller, params, body }) => {
    const raw = { roomId: params.room_id, channelId: body.channel_id };
    const place = await openChannel(deps, caller.userId, raw);
    requireRight(place.rights, "SEND", "write here");
    if (!(await deps.preferences.of(caller.userId)).share_typing) return {};
    const user = await deps.users.get(caller.userId);
    deps.announceTyping({ roomId: place.room.id, channelId: place.channelId, user });
    return {};
  });
}
