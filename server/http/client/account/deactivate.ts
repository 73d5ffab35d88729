import { deactivateAccount as operation } from "../../../../core/api/account.ts";
import { DEACTIVATION_TERMS } from "../../../../core/api/account.ts";
import { OperationError } from "../../../../core/errors.ts";
import { localpartOf } from "../../../../core/ids/user_id.ts";
import { deactivateUser, requireEndable } from "../../../services/accounts/deactivate_user.ts";
import { makeErasureLink } from "../../../services/erasure/erasure_links.ts";
import { orderErasure } from "../../../services/erasure/order_erasure.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function deactivateAccountRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller, body }) => {
    const { userId } = caller;
    const typed = body.user_name.trim().toLowerCase();
    if (typed !== localpartOf(userId) && typed !== userId) {
      throw new OperationError(
        "invalid",
        `Type your own user name, "${localpartOf(userId)}", to end this account.`,
        { details: { field: "user_name" } },
      );
    }
    const act = { actor: userId, userId, reason: null };
    await requireEndable(deps, act);
    // While the rooms that name the other servers are still known.
    if (body.erase) await orderErasure(deps, userId, { isLast: true });
    await deactivateUser(deps, act);
    return {
      stays: [...DEACTIVATION_TERMS.stays],
      receipts_url: body.erase ? await makeErasureLink(deps, userId) : null,
    };
  });
}
