import { finishLogin as operation } from "../../../core/api/second_factor.ts";
import { finishLogin } from "../../services/accounts/login_challenge.ts";
import { type Route, route } from "../route.ts";
import type { AccountHttpDeps } from "./account_http_deps.ts";
import { deviceOf, sessionReply } from "./session_reply.ts";

export function finishLoginRoute(deps: AccountHttpDeps): Route {
  return route(operation, async (call) => {
    const { body, address, secure } = call;
    const started = await finishLogin(deps, {
      challenge: body.challenge,
      code: body.code,
      passkey: body.passkey,
      address,
      device: deviceOf(call, body, [deps.publicUrl]),
    });
    return sessionReply(started.grant, started, { secure, maxAgeMs: deps.lifetimes.sessionMs });
  });
}
