import {
  adminApproveRegistration as approveOperation,
  adminListRegistrations as listOperation,
  adminRefuseRegistration as refuseOperation,
} from "../../../../../core/api/registrations.ts";
import {
  approveRegistration,
  listRegistrations,
  refuseRegistration,
} from "../../../../services/accounts/decide_registration.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

/** Who waits to be let in, and what becomes of them. */
export function registrationRoutes(deps: AccountHttpDeps): readonly Route[] {
  return [
    route(listOperation, ({ query }) => listRegistrations(deps, query.limit)),
    route(
      approveOperation,
      ({ params, caller }) =>
        approveRegistration(deps, { actor: caller.userId, id: params.registration_id }),
    ),
    route(refuseOperation, async ({ params, caller, body }) => {
      const reason = body.reason || null;
      await refuseRegistration(deps, {
        actor: caller.userId,
        id: params.registration_id,
        reason,
      });
      return {};
    }),
  ];
}
