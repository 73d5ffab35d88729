import {
  beginTotp as beginOperation,
  confirmTotp as confirmOperation,
  getSecondFactor as getOperation,
  removeTotp as removeOperation,
  renewRecoveryCodes as renewOperation,
} from "../../../../core/api/second_factor.ts";
import {
  beginTotp,
  confirmTotp,
  getSecondFactor,
  removeTotp,
  renewRecoveryCodes,
} from "../../../services/accounts/second_factor.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

/** The authenticator app and the recovery codes of the own account. */
export function secondFactorRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(getOperation, ({ caller }) => getSecondFactor(deps.sql, caller.userId)),
    route(
      beginOperation,
      ({ caller, body }) => beginTotp(deps, { ...caller, ...body }),
    ),
    route(confirmOperation, async ({ caller: { userId }, body }) => ({
      recovery_codes: await confirmTotp(deps, { userId, ...body }),
    })),
    route(renewOperation, async ({ caller, body }) => ({
      recovery_codes: await renewRecoveryCodes(deps, { ...caller, ...body }),
    })),
    route(removeOperation, async ({ caller, body }) => {
      await removeTotp(deps, { ...caller, ...body });
      return {};
    }),
  ];
}
