import { limits } from "../limits.ts";
import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireAbove, requireBase, targetUser } from "./require.ts";
import { firstRefusal, refuse, type Verdict } from "./verdict.ts";

const RULE = "timeout";

/** `m.room.timeout`: MODERATE_MEMBERS, target below, until at most 28 days on; 0 lifts. PROTOCOL.md 4. */
export function judgeTimeout(event: JudgedControl, authority: Authority): Verdict {
  const target = targetUser(event);
  if (target === undefined) return refuse(RULE, "its state key is no user");
  const until = event.content["until"];
  if (typeof until !== "number" || !Number.isSafeInteger(until) || until < 0) {
    return refuse(RULE, "until is no time");
  }
  if (until > event.origin_ts + limits.authority.maxTimeoutMs) {
    return refuse(RULE, "lasts longer than 28 days");
  }
  return firstRefusal(
    () => requireBase(event, authority, { rule: RULE, right: "MODERATE_MEMBERS" }),
    () => requireAbove(event, authority, { rule: RULE, target }),
  );
}
