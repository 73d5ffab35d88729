import {
  type ControlEvent,
  isControlEvent,
  isTimelineEvent,
  type TimelineEvent,
} from "../../core/event/event.ts";
import { reasonOf } from "../../core/event/receipt_reason.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Refusal } from "../../core/auth/verdict.ts";
import { assert } from "../../core/assert.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { coveringsOf } from "./coverings.ts";
import { endAfter, softFailedAncestors } from "./graph_end.ts";
import type { Incoming } from "./incoming.ts";
import { place } from "./place.ts";
import type { Covering, NewEvent, StoredOutcome } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

/** How an event is taken in: accepted, or soft-failed for a reason. */
export interface Taking {
  readonly before: Authority;
  readonly refusal?: Refusal;
  readonly nowMs: number;
}

/**
 * The last stage: the event gets its place, moves the ends of its graph unless it is
 * soft-failed, and takes effect. Everything is read first and decided then, so that an event
 * that fails here has changed nothing. PROTOCOL.md 7.
 */
export async function accept(turn: RoomTurn, incoming: Incoming, taking: Taking): Promise<void> {
  const { event } = incoming;
  if (isTimelineEvent(event)) await acceptTimeline(turn, event, { incoming, taking });
  else if (isControlEvent(event)) await acceptControl(turn, event, { incoming, taking });
}

interface Parts {
  readonly incoming: Incoming;
  readonly taking: Taking;
}

/** Rejected: stored so that what cites it is known to be rejected, and never shown. */
export function reject(
  turn: RoomTurn,
  incoming: Incoming,
  { reason, nowMs }: { readonly reason: string; readonly nowMs: number },
): void {
  const { event, door, origin } = incoming;
  const order = isTimelineEvent(event) ? { order: event.pdu.origin_ts } : {};
  turn.addEvent({
    event,
    door,
    origin,
    outcome: "rejected",
    reason,
    receivedTs: nowMs,
    gaps: [],
    ...order,
  });
}

async function acceptTimeline(
  turn: RoomTurn,
  event: TimelineEvent,
  parts: Parts,
): Promise<void> {
  await turn.readChildren([event.id]);
  const { order, gaps, moved, isNamed } = await place(turn, event);
  const counts = parts.taking.refusal === undefined;
  const coverings = await coveringsOf(turn, event, { counts });
  turn.addEvent({ ...received(parts), order, gaps });
  turn.close(event.id);
  for (const [id, higher] of moved) turn.change(id, { order: higher });
  for (const { target, by } of coverings) turn.cover(target, by);
  if (counts) beginToShow(turn, event, { order, isNamed });
}

/** An accepted timeline event is an end of its channel, unless one is that stands on it. */
export function beginToShow(
  turn: RoomTurn,
  event: TimelineEvent,
  { order, isNamed }: { readonly order: number; readonly isNamed: boolean },
): void {
  turn.count(event);
  turn.show(event.id);
  turn.moveHeads({
    channelId: event.pdu.channel_id,
    remove: event.pdu.prev_events,
    add: isNamed ? [] : [{ id: event.id, order }],
  });
}

async function acceptControl(turn: RoomTurn, event: ControlEvent, parts: Parts): Promise<void> {
  const { before, refusal } = parts.taking;
  assert(before.view instanceof StateMap, "the state before an event is a StateMap");
  const after = event.pdu.state_key === undefined ? before.view : before.view.with(event);
  turn.room.graph.note(event, after);
  if (refusal !== undefined) {
    turn.addEvent({ ...received(parts), after, gaps: [] });
    return;
  }
  const counting = await countFrom(turn, event, after);
  turn.addEvent({ ...received(parts), after, gaps: [] });
  counting();
}

/**
 * A control event counts from now on, and with it the soft-failed ones from which it descends.
 * Reads what that changes; the answer changes it.
 */
export async function countFrom(
  turn: RoomTurn,
  event: ControlEvent,
  after: StateMap,
): Promise<() => void> {
  const ancestors = await softFailedAncestors(turn, event);
  const move = await endAfter(turn, event, { after, counted: ancestors });
  const coverings: Covering[] = [];
  for (const each of [event, ...ancestors]) {
    coverings.push(...await coveringsOf(turn, each, { counts: true }));
  }
  return () => {
    for (const { id } of ancestors) turn.change(id, { outcome: "accepted" });
    for (const each of [...ancestors, event]) turn.count(each);
    for (const { target, by } of coverings) turn.cover(target, by);
    turn.moveHeads({ remove: move.removed, add: [{ id: event.id, order: 0 }] });
    turn.moveEnd(move, event.id);
  };
}

function received({ incoming, taking }: Parts): Omit<NewEvent, "gaps"> {
  const { event, door, origin } = incoming;
  const { refusal, nowMs } = taking;
  const outcome: StoredOutcome = refusal === undefined ? "accepted" : "soft_failed";
  return {
    event,
    door,
    origin,
    outcome,
    receivedTs: nowMs,
    ...(refusal === undefined ? {} : { reason: reasonOf(refusal.rule, refusal.reason) }),
  };
}
