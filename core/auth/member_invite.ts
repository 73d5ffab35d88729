import type { MemberKind } from "../permissions/member_content.ts";
import type { Right } from "../permissions/bits.ts";
import type { Transition } from "./transition.ts";
import { requireBase } from "./require.ts";
import { refuse, type Verdict } from "./verdict.ts";

const RULE = "member.invite";

/** The right to invite, by what is invited. PROTOCOL.md 10 (bots, webhooks). */
const RIGHT_OF_KIND: Readonly<Record<MemberKind, Right>> = {
  user: "CREATE_INVITE",
  bot: "MANAGE_GUILD",
  webhook: "MANAGE_WEBHOOKS",
};

/**
 * invite: by a joined member with the right for the kind, of somebody who is neither joined nor
 * banned; an invite may be renewed. A webhook's invite names its one channel. PROTOCOL.md 4.
 */
export function judgeInvite(transition: Transition): Verdict {
  const { event, authority, target, content, before } = transition;
  if (before === "join" || before === "ban") {
    return refuse(RULE, `${target} is ${before === "join" ? "joined" : "banned"}`);
  }
  if ((content.kind === "webhook") !== (content.channel !== undefined)) {
    return refuse(RULE, "a webhook's invite, and no other, names a channel");
  }
  return requireBase(event, authority, { rule: RULE, right: RIGHT_OF_KIND[content.kind] });
}
