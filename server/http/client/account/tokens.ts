import {
  createAccessToken as createOperation,
  listAccessTokens as listOperation,
  revokeAccessToken as revokeOperation,
} from "../../../../core/api/access_tokens.ts";
import {
  createAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from "../../../services/accounts/access_tokens.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

/** Personal access tokens of the own account. */
export function accessTokenRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(listOperation, async ({ caller }) => ({
      tokens: await listAccessTokens(deps.sql, caller.userId),
    })),
    route(
      createOperation,
      ({ caller, body: { name, scopes, expires_ts: expiresTs } }) =>
        createAccessToken(deps, { caller, name, scopes, expiresTs }),
    ),
    route(revokeOperation, async ({ caller: { userId }, params }) => {
      await revokeAccessToken(deps, { userId, id: params.token_id });
      return {};
    }),
  ];
}
