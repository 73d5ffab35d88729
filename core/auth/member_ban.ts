import type { Transition } from "./transition.ts";
import { requireAbove, requireBase, requireJoined } from "./require.ts";
import { firstRefusal, type Verdict } from "./verdict.ts";

const RULE = "member.ban";

/** ban: BAN, target below; of anybody, in the room or not, banned already or not. PROTOCOL.md 4. */
export function judgeBan({ event, authority, target }: Transition): Verdict {
  return firstRefusal(
    () => requireJoined(event, authority, RULE),
    () => requireBase(event, authority, { rule: RULE, right: "BAN" }),
    () => requireAbove(event, authority, { rule: RULE, target }),
  );
}
