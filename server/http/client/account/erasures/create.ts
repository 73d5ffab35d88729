import { eraseOwnWords as operation } from "../../../../../core/api/erasure.ts";
import { assert } from "../../../../../core/assert.ts";
import { listErasures, orderErasure } from "../../../../services/erasure/order_erasure.ts";
import { type Route, route } from "../../../route.ts";
import type { AccountHttpDeps } from "../../account_http_deps.ts";

export function eraseOwnWordsRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ caller }) => {
    const seq = await orderErasure(deps, caller.userId);
    const made = (await listErasures(deps, caller.userId)).find((each) => each.seq === seq);
    assert(made !== undefined, "an order that was stored is found");
    return made;
  });
}
