import {
  listNotifySettings as listOperation,
  resetNotifySetting as resetOperation,
  setNotifySetting as setOperation,
} from "../../../../core/api/notify.ts";
import {
  listNotifySettings,
  resetNotifySetting,
  setNotifySetting,
} from "../../../services/notify/notify_settings.ts";
import { type Route, route } from "../../route.ts";
import type { ChatRouteDeps } from "../chat_route_deps.ts";

/** What the account wants to be told of which place. */
export function notifyRoutes(deps: ChatRouteDeps): Route[] {
  return [
    route(listOperation, async ({ caller }) => ({
      settings: await listNotifySettings(deps, caller.userId),
    })),
    route(setOperation, ({ caller, body }) => setNotifySetting(deps, caller.userId, body)),
    route(resetOperation, ({ caller, body }) => resetNotifySetting(deps, caller.userId, body)),
  ];
}
