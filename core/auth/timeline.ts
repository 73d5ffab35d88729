import { keptFault } from "../event/kept_fault.ts";
import { keptRelation } from "../event/keep.ts";
import { serverOf } from "../ids/user_id.ts";
import type { Authority } from "../permissions/authority.ts";
import { holds, type Right } from "../permissions/bits.ts";
import { hasText } from "../permissions/channel_policy.ts";
import type { JudgedTimeline } from "./judged.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

/** Any one of these lets an event of the type pass. */
const RIGHTS_OF_TYPE: ReadonlyMap<string, readonly Right[]> = new Map([
  ["m.reaction", ["ADD_REACTIONS"]],
  ["m.pin", ["PIN"]],
  ["m.thread", ["SEND_IN_THREADS", "MANAGE_THREADS"]],
  // Whether the poll stands in a thread is not said with the vote: its sender's server knows.
  ["m.poll.vote", ["SEND", "SEND_IN_THREADS"]],
  ["m.poll.end", ["SEND", "SEND_IN_THREADS"]],
  // As of a poll; who only moderates needs not speak there.
  ["m.previews.off", ["SEND", "SEND_IN_THREADS", "MANAGE_MESSAGES"]],
  // Its effect is decided per target; SEND stands for a webhook, which sees nothing. PROTOCOL.md 6.
  ["m.redaction", ["VIEW_CHANNEL", "SEND"]],
]);

/** The rights of which a sender needs one, by type and relation alone: both survive redaction. */
export function timelineRights(event: Pick<JudgedTimeline, "type" | "content">): readonly Right[] {
  const ofType = RIGHTS_OF_TYPE.get(event.type);
  if (ofType !== undefined) return ofType;
  const kind = relationKind(event);
  if (kind === "thread") return ["SEND_IN_THREADS"];
  return kind === "edit" ? ["SEND", "SEND_IN_THREADS"] : ["SEND"];
}

/** `relates_to.kind` as redaction keeps it, so that a redacted copy needs the same right. */
export function relationKind(event: Pick<JudgedTimeline, "content">): string | undefined {
  return keptRelation(event.content)?.kind;
}

/** Authorises a timeline event on the state of its `state_refs`. PROTOCOL.md 4. */
export function authoriseTimeline(event: JudgedTimeline, authority: Authority): Verdict {
  const { room } = authority;
  if (!room.federate && serverOf(event.sender) !== serverOf(room.creator)) {
    return refuse("federate", "the room is closed to other servers");
  }
  const fault = keptFault({ type: event.type, content: event.content, timeline: true });
  if (fault !== undefined) return refuse("content", fault);
  const policy = authority.channel(event.channel_id);
  if (policy === undefined || policy.closed) {
    return refuse("timeline.channel", `channel ${event.channel_id} is unknown or closed`);
  }
  if (!hasText(policy)) {
    return refuse("timeline.channel", `nothing can be said in a channel of kind ${policy.kind}`);
  }
  const held = authority.rights(event.sender, event.channel_id, event.origin_ts);
  const wanted = timelineRights(event);
  return wanted.some((right) => holds(held, right))
    ? ALLOWED
    : refuse("timeline.right", `${event.sender} lacks ${wanted.join(" or ")}`);
}
