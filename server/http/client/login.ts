import { login as operation } from "../../../core/api/account.ts";
import { logIn } from "../../services/accounts/login.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";
import { deviceOf, sessionReply } from "./session_reply.ts";

export function loginRoute(deps: AccountHttpDeps): Route {
  return route(operation, async (call) => {
    const { body, address, secure } = call;
    const started = await logIn(deps, {
      userName: body.user_name,
      password: body.password,
      address,
      device: deviceOf(call, body, [deps.publicUrl]),
    });
    return sessionReply(started.grant, started, { secure, maxAgeMs: deps.lifetimes.sessionMs });
  });
}
