import {
  getOwnStyle as getOperation,
  setOwnStyle as setOperation,
} from "../../../../core/api/own_style.ts";
import { getOwnStyle, setOwnStyle } from "../../../services/accounts/own_style.ts";
import { type Route, route } from "../../route.ts";
import type { AccountHttpDeps } from "../account_http_deps.ts";

export function getOwnStyleRoute(deps: AccountHttpDeps): Route {
  return route(getOperation, ({ caller }) => getOwnStyle(deps, caller.userId));
}

export function setOwnStyleRoute(deps: AccountHttpDeps): Route {
  return route(setOperation, ({ caller, body }) => setOwnStyle(deps, caller.userId, body.css));
}
