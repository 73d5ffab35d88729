import type { TimelineEvent } from "../event/event.ts";
import { type EventId, parseEventId } from "../ids/event_id.ts";
import type { UserId } from "../ids/user_id.ts";
import { isObject } from "../permissions/is_object.ts";
import { comparePlaces, type Place } from "./timeline_order.ts";

/** An accepted timeline event with its computed order. */
export interface PlacedEvent {
  readonly event: TimelineEvent;
  readonly order: number;
}

function placeOf({ event, order }: PlacedEvent): Place {
  return { order, hash: event.hash };
}

/**
 * Per message the last `m.pin` in timeline order. Acceptance has proved PIN already; a redacted
 * pin names nothing and counts for nothing. PROTOCOL.md 7.
 */
export function winningPins(events: Iterable<PlacedEvent>): Map<EventId, PlacedEvent> {
  return lastPerTarget(events, ({ event: { pdu } }) => {
    const target = pdu.content["event_id"];
    return typeof target === "string" && typeof pdu.content["on"] === "boolean"
      ? parseEventId(target)
      : undefined;
  });
}

/** Whether a winning pin says that the message is pinned. */
export function isPinned(winner: PlacedEvent | undefined): boolean {
  return winner?.event.pdu.content["on"] === true;
}

export interface ThreadJudge {
  /** Sender of the thread's root; undefined where it is not held. */
  starterOf(root: EventId): UserId | undefined;
  /** Whether the sender held MANAGE_THREADS in the channel in the event's own state. */
  mayManage(event: TimelineEvent): boolean;
}

/**
 * Per thread the last `m.thread` in timeline order among those of its starter (the sender of
 * the root) or of someone with MANAGE_THREADS. PROTOCOL.md 7.
 */
export function winningThreads(
  events: Iterable<PlacedEvent>,
  judge: ThreadJudge,
): Map<EventId, PlacedEvent> {
  return lastPerTarget(events, ({ event }) => {
    const root = threadOf(event);
    if (root === undefined || event.withheld) return undefined;
    const counts = event.pdu.sender === judge.starterOf(root) || judge.mayManage(event);
    return counts ? root : undefined;
  });
}

/** The root of the thread that an event belongs to, or undefined. */
export function threadOf(event: TimelineEvent): EventId | undefined {
  const relation = event.pdu.content["relates_to"];
  if (!isObject(relation) || relation["kind"] !== "thread") return undefined;
  const root = relation["event_id"];
  return typeof root === "string" ? parseEventId(root) : undefined;
}

function lastPerTarget(
  events: Iterable<PlacedEvent>,
  targetOf: (placed: PlacedEvent) => EventId | undefined,
): Map<EventId, PlacedEvent> {
  const winners = new Map<EventId, PlacedEvent>();
  for (const placed of events) {
    const target = targetOf(placed);
    if (target === undefined) continue;
    const winner = winners.get(target);
    if (winner === undefined || comparePlaces(placeOf(winner), placeOf(placed)) < 0) {
      winners.set(target, placed);
    }
  }
  return winners;
}
