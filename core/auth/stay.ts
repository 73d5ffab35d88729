import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireAbove, requireBase, targetUser } from "./require.ts";
import { firstRefusal, refuse, type Verdict } from "./verdict.ts";

const RULE = "stay";

/** `m.member.stay`: a kick that is said beforehand, so KICK and a joined target below. PROTOCOL.md 4. */
export function judgeStay(event: JudgedControl, authority: Authority): Verdict {
  const target = targetUser(event);
  if (target === undefined) return refuse(RULE, "its state key is no user");
  if (!authority.isJoined(target)) return refuse(RULE, `${target} is not joined`);
  return firstRefusal(
    () => requireBase(event, authority, { rule: RULE, right: "KICK" }),
    () => requireAbove(event, authority, { rule: RULE, target }),
  );
}
