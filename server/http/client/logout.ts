import { logout as operation } from "../../../core/api/account.ts";
import { revokeSessions } from "../../services/accounts/sessions.ts";
import { JSON_TYPE } from "../reply.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";
import { sessionCookie } from "./session_reply.ts";

export function logoutRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, secure }) => {
    await revokeSessions(deps, {
      userId: caller.userId,
      only: caller.sessionId,
      reason: "Signed out.",
    });
    return new Response("{}", {
      headers: {
        "content-type": JSON_TYPE,
        "set-cookie": sessionCookie("", { secure, maxAgeMs: 0 }),
      },
    });
  });
}
