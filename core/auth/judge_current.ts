import type { HeldEvent } from "../event/event.ts";
import { isTimelineEvent } from "../event/event.ts";
import type { TimelineEvent } from "../event/event.ts";
import { serverOf } from "../ids/user_id.ts";
import { limits } from "../limits.ts";
import type { Authority } from "../permissions/authority.ts";
import { holds } from "../permissions/bits.ts";
import { groupPeople } from "../permissions/group_people.ts";
import { StateMap, type StateView } from "../state/state_map.ts";
import { authorise } from "./authorise.ts";
import { isServerAllowed } from "./server_acl.ts";
import { relationKind } from "./timeline.ts";
import { ALLOWED, firstRefusal, refuse, type Verdict } from "./verdict.ts";

/** What the receiver knows at this moment. Step 6 alone may look at it. PROTOCOL.md 7. */
export interface Present {
  /** Authority over the receiver's current resolved state; its view is a `StateMap`. */
  readonly current: Authority;
  /** The event's own state: before it, or of its `state_refs`. */
  readonly stateBefore: Pick<StateView, "get">;
  readonly nowMs: number;
  /** Why the signing key no longer counts (revoked, retired), from the key ring. */
  readonly keyRefusal?: string;
  /** When an owner event with the same predecessor was accepted here, ms. */
  readonly rivalOwnerAcceptedMs?: number;
  /** `origin_ts` of the last merge of the same server. */
  readonly lastMergeTs?: number;
  /** `origin_ts` of the sender's last post before this one in the channel. */
  readonly lastPostTs?: number;
  /** Whether the thread that the event posts in is locked. */
  readonly threadLocked?: boolean;
}

const MINUTE_MS = 60_000;
/** What neither a locked thread nor slow mode holds up. */
export const UNPACED_TYPES: ReadonlySet<string> = new Set([
  "m.reaction",
  "m.redaction",
  "m.pin",
  "m.thread",
  "m.poll.vote",
  "m.poll.end",
  "m.previews.off",
]);
/** How long a rival hand-over may trail the one accepted. PROTOCOL.md 5. */
const RIVAL_OWNER_MS = 60 * MINUTE_MS;

/** Step 6: accept, or soft-fail with the reason. For live events only. PROTOCOL.md 7. */
export function judgeCurrent(event: HeldEvent, present: Present): Verdict {
  return firstRefusal(
    () => judgeTime(event, present),
    () => judgeKey(present),
    () => judgeAcl(event, present),
    () => judgeRival(event, present),
    () => authorise(event.pdu, authorityFor(event, present)),
    () => isTimelineEvent(event) ? judgePace(event, present) : judgeBounds(event, present),
  );
}

function judgeTime({ pdu }: HeldEvent, { nowMs }: Present): Verdict {
  return pdu.origin_ts <= nowMs + limits.receive.maxFutureMs
    ? ALLOWED
    : refuse("now.future", `dated ${pdu.origin_ts - nowMs} ms ahead`);
}

function judgeKey({ keyRefusal }: Present): Verdict {
  return keyRefusal === undefined ? ALLOWED : refuse("now.key", keyRefusal);
}

function judgeAcl({ pdu }: HeldEvent, { current }: Present): Verdict {
  const server = serverOf(pdu.sender);
  return isServerAllowed(current.view, server)
    ? ALLOWED
    : refuse("now.acl", `${server} is not among the room's servers`);
}

/** Only an ex-owner can make a rival hand-over; an old one must not be overturned by it. */
function judgeRival({ pdu }: HeldEvent, { nowMs, rivalOwnerAcceptedMs }: Present): Verdict {
  const settled = pdu.type === "m.guild.owner" && rivalOwnerAcceptedMs !== undefined &&
    nowMs - rivalOwnerAcceptedMs > RIVAL_OWNER_MS;
  return settled ? refuse("now.rival_owner", "ownership was handed over otherwise") : ALLOWED;
}

/**
 * Who left of their own will keeps what they had said or done before: where the event's own
 * state holds the very join that the sender's present leave cites, and the event is not dated
 * after the leave, the current state is read with that join in place of the leave.
 */
export function authorityFor(
  { pdu }: Pick<HeldEvent, "pdu">,
  { current, stateBefore }: Pick<Present, "current" | "stateBefore">,
): Authority {
  const leave = current.view.get("m.room.member", pdu.sender);
  const join = stateBefore.get("m.room.member", pdu.sender);
  if (leave === undefined || join === undefined) return current;
  const left = leave.pdu.content["membership"] === "leave" && leave.pdu.sender === pdu.sender;
  const joined = join.pdu.content["membership"] === "join";
  if (!left || !joined || pdu.origin_ts > leave.pdu.origin_ts) return current;
  if (!leave.pdu.auth_events.includes(join.id)) return current;
  if (!(current.view instanceof StateMap)) return current;
  return current.next(current.view.with(join), [["m.room.member", pdu.sender]]);
}

function judgeBounds({ pdu }: HeldEvent, { current, lastMergeTs }: Present): Verdict {
  if (pdu.type === "m.merge" && lastMergeTs !== undefined) {
    const gap = Math.abs(pdu.origin_ts - lastMergeTs);
    const perMerge = MINUTE_MS / limits.authority.maxMergesPerMinute;
    if (gap < perMerge) return refuse("now.merge_rate", "more than one merge a minute");
  }
  if (!("state_key" in pdu)) return ALLOWED;
  switch (pdu.type) {
    case "m.channel.policy":
      return judgeChannelCount(pdu, current);
    case "m.room.member":
      return judgePeopleCount(pdu, current);
    default:
      return ALLOWED;
  }
}

/** Never a join: who was let in by an invite that counted is in on every server. PROTOCOL.md 10. */
function judgePeopleCount(
  pdu: Pick<HeldEvent["pdu"], "content" | "origin_ts"> & { readonly state_key?: string },
  current: Authority,
): Verdict {
  if (current.room.kind !== "group_dm" || pdu.content["membership"] !== "invite") return ALLOWED;
  const others = groupPeople(current, pdu.origin_ts).filter((user) => user !== pdu.state_key);
  return others.length < limits.authority.maxGroupPeopleTaken
    ? ALLOWED
    : refuse("now.people", `the group DM has ${others.length} people`);
}

function judgeChannelCount(
  pdu: Pick<HeldEvent["pdu"], "content"> & { readonly state_key?: string },
  current: Authority,
): Verdict {
  if (pdu.content["closed"] === true) return ALLOWED;
  let open = 0;
  for (const [id, policy] of current.channels()) {
    if (!policy.closed && id !== pdu.state_key) open++;
  }
  return open < limits.authority.maxChannels
    ? ALLOWED
    : refuse("now.channels", `the guild has ${open} channels`);
}

function judgePace({ pdu }: TimelineEvent, present: Present): Verdict {
  if (UNPACED_TYPES.has(pdu.type)) return ALLOWED;
  const held = present.current.rights(pdu.sender, pdu.channel_id, pdu.origin_ts);
  if (present.threadLocked === true && !holds(held, "MANAGE_THREADS")) {
    return refuse("now.locked", "the thread is locked");
  }
  const paceMs = slowModeMs(present.current.view, pdu.channel_id);
  const exempt = holds(held, "MANAGE_MESSAGES") || holds(held, "MANAGE_CHANNELS");
  if (paceMs === 0 || exempt || relationKind(pdu) === "edit" || present.lastPostTs === undefined) {
    return ALLOWED;
  }
  return pdu.origin_ts - present.lastPostTs >= paceMs
    ? ALLOWED
    : refuse("now.slow_mode", `posts more often than every ${paceMs} ms`);
}

/** The channel's slow mode in ms; 0 without one. */
export function slowModeMs(view: Pick<StateView, "get">, channelId: string): number {
  const seconds = view.get("m.channel.meta", channelId)?.pdu.content["slow_mode_s"];
  return typeof seconds === "number" && seconds > 0 ? seconds * 1000 : 0;
}
