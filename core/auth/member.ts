import type { Authority } from "../permissions/authority.ts";
import { parseMember } from "../permissions/member_content.ts";
import type { JudgedControl } from "./judged.ts";
import { judgeBan } from "./member_ban.ts";
import { judgeInvite } from "./member_invite.ts";
import { judgeJoin } from "./member_join.ts";
import { judgeKnock } from "./member_knock.ts";
import { judgeLeave } from "./member_leave.ts";
import { targetUser } from "./require.ts";
import type { Transition } from "./transition.ts";
import { ALLOWED, firstRefusal, refuse, type Verdict } from "./verdict.ts";

/**
 * `m.room.member`: the transitions of Matrix room version 12, one rule per new membership.
 * PROTOCOL.md 4.
 */
export function judgeMember(event: JudgedControl, authority: Authority): Verdict {
  const target = targetUser(event);
  if (target === undefined) return refuse("member", "its state key is no user");
  const content = parseMember(event.content);
  if (content === undefined) return refuse("member", "is not a membership");
  const { room } = authority;
  if (room.kind === "dm" && !room.users.includes(target)) {
    return refuse("member.dm", `${target} is neither of the two`);
  }
  const transition: Transition = {
    event,
    authority,
    target,
    content,
    before: authority.membership(target, event.origin_ts),
    stored: authority.member(target),
  };
  switch (content.membership) {
    case "join":
      return judgeJoin(transition);
    case "invite":
      return judgeInvite(transition);
    case "leave":
      return firstRefusal(() => requireKeptKind(transition), () => judgeLeave(transition));
    case "ban":
      return firstRefusal(() => requireKeptKind(transition), () => judgeBan(transition));
    case "knock":
      return judgeKnock(transition);
  }
}

/**
 * A leave or ban says the kind of the membership that it ends, or none: whoever was no webhook is
 * not shown as one from then on. The channel is left open: a webhook that was moved meanwhile, on
 * another branch, is banned all the same. PROTOCOL.md 4.
 */
function requireKeptKind({ content, stored, target }: Transition): Verdict {
  const { kind, channel } = content;
  if ((kind === "webhook") !== (channel !== undefined)) {
    return refuse("member.kind", "a webhook, and nobody else, has a channel");
  }
  return kind === "user" || kind === stored?.kind
    ? ALLOWED
    : refuse("member.kind", `${target} is no ${kind}`);
}
