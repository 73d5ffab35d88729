import {
  getEmailClaim as getOperation,
  verifyEmail as verifyOperation,
} from "../../../../core/api/email.ts";
import { lookAtEmailClaim, verifyEmail } from "../../../services/accounts/verify_email.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

/** What the link of a mail confirms. */
export function emailClaimRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(
      getOperation,
      ({ params: { token }, address }) => lookAtEmailClaim(deps, { token, address }),
    ),
    route(
      verifyOperation,
      ({ params: { token }, address }) => verifyEmail(deps, { token, address }),
    ),
  ];
}
