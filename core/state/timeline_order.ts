import type { TimelineEvent } from "../event/event.ts";
import { compareBytes } from "../ids/compare_bytes.ts";
import type { EventId } from "../ids/event_id.ts";
import { limits } from "../limits.ts";

/** Where an event stands in its channel. */
export interface Place {
  readonly order: number;
  /** The raw event hash. */
  readonly hash: Uint8Array;
}

/**
 * order(e) = 1 + highest order of its known parents, but no less than origin_ts and no more than
 * an hour above it: an event that is dated far ahead, which nobody shows, may be cited and still
 * lifts nothing to its date. A parent that is not held, rejected, or of another channel is
 * a gap and left out. PROTOCOL.md 7.
 */
export function timelineOrder(originTs: number, parentOrders: Iterable<number>): number {
  let order = originTs;
  for (const parent of parentOrders) order = Math.max(order, parent + 1);
  return Math.min(order, originTs + limits.receive.maxLiftMs);
}

/** A channel is shown by (order, raw hash). */
export function comparePlaces(a: Place, b: Place): number {
  return a.order - b.order || compareBytes(a.hash, b.hash);
}

/** First seen more than ten minutes after its `origin_ts`: shown where it belongs, marked late. */
export function isLate(originTs: number, seenTs: number): boolean {
  return seenTs - originTs > limits.receive.lateAfterMs;
}

export interface TimelineLinks {
  /** Order of a held event of this channel; undefined for a gap. */
  order(id: EventId): number | undefined;
  /** `origin_ts` of a held event of this channel. */
  originTs(id: EventId): number;
  /** Held events of this channel that name `id` as a parent. */
  children(id: EventId): Iterable<EventId>;
}

/**
 * What changes when `event` becomes known: its own order, and the higher orders of all that
 * descends from it and was held before, when it closes a gap.
 */
export function ordersAfterArrival(
  event: Pick<TimelineEvent, "id" | "pdu">,
  links: TimelineLinks,
): ReadonlyMap<EventId, number> {
  const changed = new Map<EventId, number>();
  const orderNow = (id: EventId) => changed.get(id) ?? links.order(id);
  const parents = event.pdu.prev_events.flatMap((id) => orderNow(id) ?? []);
  changed.set(event.id, timelineOrder(event.pdu.origin_ts, parents));
  const queue = [event.id];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const lifting = orderNow(id) ?? 0;
    for (const child of links.children(id)) {
      const known = orderNow(child);
      const least = timelineOrder(links.originTs(child), [lifting]);
      if (known === undefined || known >= least) continue;
      changed.set(child, least);
      queue.push(child);
    }
  }
  return changed;
}
