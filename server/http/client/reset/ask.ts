import { askReset as operation } from "../../../../core/api/email.ts";
import { askReset } from "../../../services/accounts/ask_reset.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function askResetRoute(deps: AccountHttpDeps): Route {
  return route(operation, async ({ body: { who, language }, address }) => {
    await askReset(deps, { who, address, ...(language === undefined ? {} : { language }) });
    return {};
  });
}
