import { type ControlEvent, type HeldEvent, isControlEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { stateKeyOf, type StateMap } from "../../core/state/state_map.ts";
import type { GraphEnd } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

export interface EndMove {
  readonly end: GraphEnd;
  /** Heads that stand no more at the end. */
  readonly removed: readonly EventId[];
  /** Whether more changed than the event says: several heads were resolved, or joined. */
  readonly resolved: boolean;
  /** Whether there are several heads now, or were until now: a change may have lost to another. */
  readonly forked: boolean;
}

/**
 * Where the control graph ends once the event is accepted, and the state there: the state after
 * it where it joins all heads, else what the states after all heads resolve to. Where that is too
 * much to be done now, the state stays what it was until it is resolved. PROTOCOL.md 7.
 */
export async function endAfter(
  turn: RoomTurn,
  event: ControlEvent,
  { after, counted }: {
    readonly after: StateMap;
    /** Soft-failed ancestors that count from now on: their parents are no heads either. */
    readonly counted: readonly ControlEvent[];
  },
): Promise<EndMove> {
  const { end, room } = turn;
  const parents = new Set([event, ...counted].flatMap(({ pdu }) => pdu.prev_events));
  const all = end.pending ?? end.heads;
  const removed = all.filter((id) => parents.has(id));
  const heads = [...all.filter((id) => !parents.has(id)), event.id];
  const forked = heads.length > 1 || all.length > 1;
  const state = heads.length === 1
    ? after
    // What is being resolved already is not tried for every further event.
    : end.pending === undefined
    ? await room.graph.stateAfterAll(heads)
    : undefined;
  if (state === undefined) {
    return { end: { ...end, pending: heads }, removed, forked, resolved: false };
  }
  const changed = [...end.state.differing(state)];
  const own = stateKeyOf(event.pdu.type, event.pdu.state_key ?? "");
  return {
    end: { heads, state, authority: end.authority.next(state, changed) },
    removed,
    forked,
    resolved: changed.some(([type, key]) => stateKeyOf(type, key) !== own),
  };
}

/**
 * Soft-failed control events from which an accepted one descends count as if accepted, also
 * those that it reaches through other soft-failed ones. PROTOCOL.md 7.
 */
export async function softFailedAncestors(
  turn: RoomTurn,
  event: ControlEvent,
): Promise<readonly ControlEvent[]> {
  const counted = new Map<EventId, ControlEvent>();
  let edge: readonly HeldEvent[] = [event];
  while (edge.length > 0) {
    const parents = edge.flatMap(({ pdu }) => pdu.prev_events);
    await turn.read(parents);
    const next: HeldEvent[] = [];
    for (const id of parents) {
      const known = turn.known(id);
      if (known?.outcome !== "soft_failed" || counted.has(id)) continue;
      if (!isControlEvent(known.event)) continue;
      counted.set(id, known.event);
      next.push(known.event);
    }
    edge = next;
  }
  return [...counted.values()];
}
