import {
  getDigest as getOperation,
  getDigestStop,
  setDigest as setOperation,
  stopDigest as stopOperation,
} from "../../../../core/api/digest.ts";
import {
  getDigest,
  lookAtDigestStop,
  setDigest,
  stopDigest,
} from "../../../services/digests/digests.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

/** Mails about what waits, and the link in them that ends them. */
export function digestRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(getOperation, ({ caller }) => getDigest(deps, caller.userId)),
    route(setOperation, ({ caller, body }) => setDigest(deps, caller.userId, body.choice)),
    route(
      getDigestStop,
      ({ params: { token }, address }) => lookAtDigestStop(deps, { token, address }),
    ),
    route(stopOperation, async ({ params }) => {
      await stopDigest(deps, params.token);
      return {};
    }),
  ];
}
