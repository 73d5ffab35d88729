import { joinRuleOf } from "./join_rule.ts";
import type { Transition } from "./transition.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "member.knock";

/** knock: by the knocker, where the join rule has it, if not banned, invited or joined. PROTOCOL.md 4. */
export function judgeKnock({ event, authority, target, before, content }: Transition): Verdict {
  const rule = joinRuleOf(authority);
  if (rule !== "knock") return refuse(RULE, `the join rule is ${rule}`);
  if (event.sender !== target) return refuse(RULE, "only the knocker knocks");
  if (content.kind !== "user") return refuse(RULE, "bots and webhooks are invited");
  return before === "leave" || before === "knock"
    ? ALLOWED
    : refuse(RULE, `${target} has the membership ${before}`);
}
