import { isTimelineEvent, type TimelineEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { ordersAfterArrival, timelineOrder } from "../../core/state/timeline_order.ts";
import type { Known } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

/** Events read at once while orders are computed anew. */
const PAGE = 500;
/** Events of a channel whose order one arrival may move; what lies beyond keeps its place. */
const REORDERED_MAX = 20_000;

export interface Placing {
  readonly order: number;
  /** Parents that are not held. */
  readonly gaps: readonly EventId[];
  /** Held events whose order rises, because this one closes a gap before them. */
  readonly moved: ReadonlyMap<EventId, number>;
  /** Whether an accepted event of the channel names it as a parent. */
  readonly isNamed: boolean;
}

/** Where an event stands in its channel, and whom it moves. PROTOCOL.md 7. */
export async function place(turn: RoomTurn, event: TimelineEvent): Promise<Placing> {
  const { prev_events: parents, channel_id: channelId, origin_ts: originTs } = event.pdu;
  await turn.read(parents);
  const gaps = parents.filter((id) => turn.known(id) === undefined);
  const orders = parents.flatMap((id) => orderIn(turn.known(id), channelId) ?? []);
  const order = timelineOrder(originTs, orders);
  const children = turn.childrenOfMissing(event.id, channelId);
  const isNamed = children.some(({ outcome }) => outcome === "accepted");
  const late = children.filter((child) => (child.order ?? 0) <= order);
  const moved = late.length === 0
    ? new Map<EventId, number>()
    : await moveDescendants(turn, event, { order, children: late });
  return { order, gaps, moved, isNamed };
}

/** The order of a held event of the channel; rejected ones and those elsewhere have none. */
function orderIn(known: Known | undefined, channelId: string): number | undefined {
  if (known === undefined || known.outcome === "rejected") return undefined;
  return isTimelineEvent(known.event) && known.event.pdu.channel_id === channelId
    ? known.order
    : undefined;
}

async function moveDescendants(
  turn: RoomTurn,
  event: TimelineEvent,
  { order, children }: { readonly order: number; readonly children: readonly Known[] },
): Promise<ReadonlyMap<EventId, number>> {
  const held = new Map<EventId, Known>(children.map((child) => [child.event.id, child]));
  let from = Math.min(...children.map((child) => child.order ?? 0));
  for (;;) {
    const { events, nextOrder } = await turn.timelineFrom(event.pdu.channel_id, from, PAGE);
    for (const known of events) held.set(known.event.id, known);
    const moved = ordersOf(event, { order, held });
    const highest = Math.max(...moved.values());
    // Whoever descends from a moved event stood above it before; above the highest nobody moves.
    const more = nextOrder !== undefined && nextOrder <= highest && nextOrder > from;
    if (!more || held.size >= REORDERED_MAX) return moved;
    from = nextOrder;
  }
}

function ordersOf(
  event: TimelineEvent,
  { order, held }: { readonly order: number; readonly held: ReadonlyMap<EventId, Known> },
): ReadonlyMap<EventId, number> {
  const childrenOf = new Map<EventId, EventId[]>();
  for (const { event: { id, pdu } } of held.values()) {
    for (const parent of pdu.prev_events) {
      const known = childrenOf.get(parent);
      if (known === undefined) childrenOf.set(parent, [id]);
      else known.push(id);
    }
  }
  const moved = new Map(ordersAfterArrival(
    // Its parents' orders are in `order` already.
    { id: event.id, pdu: { ...event.pdu, origin_ts: order, prev_events: [] } },
    {
      order: (id) => held.get(id)?.order,
      originTs: (id) => held.get(id)?.event.pdu.origin_ts ?? 0,
      children: (id) => childrenOf.get(id) ?? [],
    },
  ));
  moved.delete(event.id);
  return moved;
}
