import {
  followThread as followOperation,
  getThread as getOperation,
  listThreads as listOperation,
  updateThread as updateOperation,
} from "../../../../../../core/api/threads.ts";
import {
  followThread,
  getThread,
  listThreads,
  updateThread,
} from "../../../../../services/threads/threads.ts";
import { type Route, route } from "../../../../route.ts";
import type { ChatRouteDeps } from "../../../chat_route_deps.ts";

/** Threads of a channel: small operations that belong together. */
export function threadRoutes(deps: ChatRouteDeps): Route[] {
  const at = (params: { readonly room_id: string; readonly event_id: string }) => ({
    roomId: params.room_id,
    rootId: params.event_id,
  });
  return [
    route(listOperation, ({ caller, params, query }) =>
      listThreads(deps, caller.userId, {
        roomId: params.room_id,
        channelId: query.channel_id,
        archived: query.archived === "yes",
        name: query.name,
        before: query.before,
        limit: query.limit,
      })),
    route(getOperation, ({ caller, params }) => getThread(deps, caller.userId, at(params))),
    route(
      updateOperation,
      ({ caller, params, body }) => updateThread(deps, caller.userId, { ...at(params), ...body }),
    ),
    route(
      followOperation,
      ({ caller, params, body }) => followThread(deps, caller.userId, { ...at(params), ...body }),
    ),
  ];
}
