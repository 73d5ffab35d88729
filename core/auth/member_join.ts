import { joinRuleOf } from "./join_rule.ts";
import type { Transition } from "./transition.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

const RULE = "member.join";

/**
 * join: by the joiner alone, not joined yet. The owner and the two of a DM always may. Else
 * not banned, and: invited, or the room is public, or restricted and vouched for by a member
 * with CREATE_INVITE. The kind is the one the invite names. PROTOCOL.md 4 and 10.
 */
export function judgeJoin(transition: Transition): Verdict {
  const { event, authority, target, before } = transition;
  if (event.sender !== target) return refuse(RULE, "only the joiner joins");
  if (authority.isJoined(target)) return refuse(RULE, `${target} is joined already`);
  const kind = judgeKind(transition);
  if (!kind.ok) return kind;
  if (target === authority.owner() || authority.room.kind === "dm") return ALLOWED;
  if (before === "ban") return refuse(RULE, `${target} is banned`);
  if (before === "invite") return ALLOWED;
  switch (joinRuleOf(authority)) {
    case "public":
      return ALLOWED;
    case "restricted":
      return judgeVouched(transition);
    case "invite":
    case "knock":
      return refuse(RULE, `${target} is not invited`);
  }
}

/** Bots and webhooks come by an invite that names the kind; without invite a joiner is a user. */
function judgeKind({ content, before, stored }: Transition): Verdict {
  const invited = before === "invite" ? stored : undefined;
  const kind = invited?.kind ?? "user";
  if (content.kind !== kind) return refuse(RULE, `joins as ${content.kind}, may join as ${kind}`);
  if (content.channel !== invited?.channel) {
    return refuse(RULE, "names another channel than its invite");
  }
  return ALLOWED;
}

function judgeVouched({ event, authority, content }: Transition): Verdict {
  const voucher = content.authorisedVia;
  if (voucher === undefined) return refuse(RULE, "the room is restricted and nobody vouches");
  return authority.has(voucher, "CREATE_INVITE", { atTs: event.origin_ts })
    ? ALLOWED
    : refuse(RULE, `${voucher} cannot vouch: not joined, or without CREATE_INVITE`);
}
