import { listSessions as operation } from "../../../../core/api/account.ts";
import { listSessions } from "../../../services/accounts/sessions.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function listSessionsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller }) => ({
    sessions: await listSessions(deps, { userId: caller.userId, current: caller.sessionId }),
  }));
}
