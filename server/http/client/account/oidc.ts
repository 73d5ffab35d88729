import {
  beginOidcLink as beginLinkOperation,
  beginOidcLogin as beginOperation,
  finishOidc as finishOperation,
  finishOidcLink as finishLinkOperation,
  listOidcLinks as listOperation,
  registerOidc as registerOperation,
  removeOidcLink as removeOperation,
} from "../../../../core/api/oidc.ts";
import { listOidcLinks, removeOidcLink } from "../../../services/accounts/oidc_links.ts";
import {
  beginOidc,
  finishOidc,
  finishOidcLink,
  registerWithOidc,
} from "../../../services/accounts/oidc_login.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";
import { deviceOf, sessionReply } from "../session_reply.ts";

/** Signing in through outside providers, and the logins that are linked. */
export function oidcRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(
      beginOperation,
      ({ params, address }) =>
        beginOidc(deps, { provider: params.provider, userId: null, address }),
    ),
    route(
      beginLinkOperation,
      ({ params, address, caller: { userId } }) =>
        beginOidc(deps, { provider: params.provider, userId, address }),
    ),
    finishRoute(deps),
    route(finishLinkOperation, async ({ body, caller: { userId } }) => {
      await finishOidcLink(deps, { userId, ...body });
      return {};
    }),
    route(registerOperation, async (call) => {
      const { body, address, secure } = call;
      const made = await registerWithOidc(deps, {
        flow: body.flow,
        userName: body.user_name,
        displayName: body.display_name ?? null,
        token: body.token,
        address,
        device: deviceOf(call, body, [deps.publicUrl]),
      });
      const result = { ...made.grant, invite: made.invite };
      return sessionReply(result, made, { secure, maxAgeMs: deps.lifetimes.sessionMs });
    }),
    route(listOperation, async ({ caller }) => ({
      links: await listOidcLinks(deps, caller.userId),
    })),
    route(removeOperation, async ({ caller: { userId }, params }) => {
      await removeOidcLink(deps, { userId, id: params.link_id });
      return {};
    }),
  ];
}

function finishRoute(deps: AccountHttpDeps): Route {
  return route(finishOperation, async (call) => {
    const { body, address, secure } = call;
    const device = deviceOf(call, body, [deps.publicUrl]);
    const { flow, query } = body;
    const end = await finishOidc(deps, { flow, query, address, device });
    const { state } = end;
    if (state === "unknown") {
      const { name, userName } = end.person;
      const suggested = { user_name: userName ?? "", display_name: name ?? "" };
      return { state, grant: null, suggested };
    }
    const { started } = end;
    const options = { secure, maxAgeMs: deps.lifetimes.sessionMs };
    return sessionReply({ state, grant: started.grant, suggested: null }, started, options);
  });
}
