import type { Transition } from "./transition.ts";
import { requireAbove, requireBase, requireJoined } from "./require.ts";
import { ALLOWED, firstRefusal, refuse, type Verdict } from "./verdict.ts";

/**
 * leave: one's own from join, invite or knock; another's as unban (BAN, no rank test) or as
 * kick of a joined, invited or knocking user (KICK, target below). PROTOCOL.md 4.
 */
export function judgeLeave(transition: Transition): Verdict {
  const { event, target, before } = transition;
  if (event.sender === target) return judgeOwnLeave(transition);
  if (before === "ban") return judgeUnban(transition);
  if (before === "leave") return refuse("member.kick", `${target} is not in the room`);
  return judgeKick(transition);
}

function judgeOwnLeave({ target, before }: Transition): Verdict {
  return before === "join" || before === "invite" || before === "knock"
    ? ALLOWED
    : refuse("member.leave", `${target} is ${before === "ban" ? "banned" : "not in the room"}`);
}

function judgeUnban({ event, authority }: Transition): Verdict {
  return firstRefusal(
    () => requireJoined(event, authority, "member.unban"),
    () => requireBase(event, authority, { rule: "member.unban", right: "BAN" }),
  );
}

function judgeKick({ event, authority, target }: Transition): Verdict {
  return firstRefusal(
    () => requireJoined(event, authority, "member.kick"),
    () => requireBase(event, authority, { rule: "member.kick", right: "KICK" }),
    () => requireAbove(event, authority, { rule: "member.kick", target }),
  );
}
