import { parseChannelId } from "../ids/channel_id.ts";
import { parseUserId } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { holds } from "../permissions/bits.ts";
import type { JudgedControl } from "./judged.ts";
import { requireAbove, requireJoined } from "./require.ts";
import { refuse, type Verdict } from "./verdict.ts";

const RULE = "purge";

/**
 * `m.purge`: one's own messages, or with BAN or MANAGE_MESSAGES in the room those of a user
 * below; a span of time that ends no later than the event. PROTOCOL.md 6.
 */
export function judgePurge(event: JudgedControl, authority: Authority): Verdict {
  const { user, channel_id: place, from_ts: fromTs, to_ts: toTs } = event.content;
  const target = typeof user === "string" ? parseUserId(user) : undefined;
  if (target === undefined) return refuse(RULE, "names no user");
  if (place !== undefined && (typeof place !== "string" || parseChannelId(place) === undefined)) {
    return refuse(RULE, "names a channel that is none");
  }
  if (typeof fromTs !== "number" || typeof toTs !== "number" || fromTs > toTs) {
    return refuse(RULE, "names no span of time");
  }
  if (toTs > event.origin_ts) return refuse(RULE, "reaches beyond its own time");
  if (target === event.sender) return requireJoined(event, authority, RULE);
  const held = authority.base(event.sender, event.origin_ts);
  if (!holds(held, "BAN") && !holds(held, "MANAGE_MESSAGES")) {
    return refuse(RULE, `${event.sender} lacks BAN and MANAGE_MESSAGES`);
  }
  return requireAbove(event, authority, { rule: RULE, target });
}
