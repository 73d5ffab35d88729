import { revokeOtherSessions as operation } from "../../../../core/api/account.ts";
import { revokeSessions } from "../../../services/accounts/sessions.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function revokeOtherSessionsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller }) => ({
    sessions_ended: await revokeSessions(deps, {
      userId: caller.userId,
      except: caller.sessionId,
      reason: "Signed out from another device.",
    }),
  }));
}
