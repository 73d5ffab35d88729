import {
  dropEmailClaim as dropOperation,
  getEmail as getOperation,
  removeEmail as removeOperation,
  setEmail as setOperation,
} from "../../../../core/api/email.ts";
import {
  claimEmail,
  dropEmailClaim,
  getOwnEmail,
  removeEmail,
} from "../../../services/accounts/own_email.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

/** The mail address of the own account. */
export function ownEmailRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(getOperation, ({ caller }) => getOwnEmail(deps, caller.userId)),
    route(
      setOperation,
      ({ caller: { userId }, body: { address, language } }) =>
        claimEmail(deps, { userId, address, ...(language === undefined ? {} : { language }) }),
    ),
    route(removeOperation, ({ caller }) => removeEmail(deps, caller.userId)),
    route(dropOperation, ({ caller }) => dropEmailClaim(deps, caller.userId)),
  ];
}
