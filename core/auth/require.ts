import { parseUserId, type UserId } from "../ids/user_id.ts";
import type { ChannelId } from "../ids/channel_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { namesOf, type Right } from "../permissions/bits.ts";
import type { JudgedControl } from "./judged.ts";
import { ALLOWED, refuse, type Rule, type Verdict } from "./verdict.ts";

/** The sender holds `right` in the room (base), at the event's own time. */
export function requireBase(
  event: JudgedControl,
  authority: Authority,
  options: { rule: Rule; right: Right },
): Verdict {
  return authority.has(event.sender, options.right, { atTs: event.origin_ts })
    ? ALLOWED
    : refuse(options.rule, `${event.sender} lacks ${options.right}`);
}

/** The sender holds `right` in the channel, at the event's own time. */
export function requireInChannel(
  event: JudgedControl,
  authority: Authority,
  options: { rule: Rule; right: Right; channelId: ChannelId },
): Verdict {
  const at = { atTs: event.origin_ts, channelId: options.channelId };
  return authority.has(event.sender, options.right, at)
    ? ALLOWED
    : refuse(options.rule, `${event.sender} lacks ${options.right} in ${options.channelId}`);
}

/** The sender is a joined member. */
export function requireJoined(event: JudgedControl, authority: Authority, rule: Rule): Verdict {
  return authority.isJoined(event.sender) ? ALLOWED : refuse(rule, `${event.sender} is not joined`);
}

/** rank(target) < rank(sender); equal rank is not above. */
export function requireAbove(
  event: JudgedControl,
  authority: Authority,
  options: { rule: Rule; target: UserId },
): Verdict {
  return authority.rank(options.target) < authority.rank(event.sender)
    ? ALLOWED
    : refuse(options.rule, `${event.sender} is not above ${options.target}`);
}

/** All of `bits` are among `held`. */
export function requireBits(rule: Rule, bits: bigint, held: bigint): Verdict {
  const lacking = bits & ~held;
  if (lacking === 0n) return ALLOWED;
  const names = namesOf(lacking).join(", ") || `bits ${lacking.toString(16)}`;
  return refuse(rule, `changes rights that the sender lacks: ${names}`);
}

/** The user a state event is about; its state key must be one. */
export function targetUser(event: JudgedControl): UserId | undefined {
  return event.state_key === undefined ? undefined : parseUserId(event.state_key);
}
