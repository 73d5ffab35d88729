import type { Authority } from "../permissions/authority.ts";
import type { JudgedControl } from "./judged.ts";
import { requireAbove, requireBase, targetUser } from "./require.ts";
import { firstRefusal, refuse, type Verdict } from "./verdict.ts";

const RULE = "member_profile";

/** `m.member.profile`: one's own by CHANGE_NICKNAME, another's by MANAGE_NICKNAMES and rank. PROTOCOL.md 4. */
export function judgeMemberProfile(event: JudgedControl, authority: Authority): Verdict {
  const target = targetUser(event);
  if (target === undefined) return refuse(RULE, "its state key is no user");
  if (target === event.sender) {
    return requireBase(event, authority, { rule: RULE, right: "CHANGE_NICKNAME" });
  }
  return firstRefusal(
    () => requireBase(event, authority, { rule: RULE, right: "MANAGE_NICKNAMES" }),
    () => requireAbove(event, authority, { rule: RULE, target }),
  );
}
