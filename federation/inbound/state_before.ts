import { type HeldEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { RoomTurn } from "./room_turn.ts";

/**
 * The state an event is judged on: after its `state_refs`, for a control event after its
 * parents. Undefined while that is still being resolved in the background. PROTOCOL.md 7.
 */
export async function stateBefore(
  turn: RoomTurn,
  event: HeldEvent,
): Promise<Authority | undefined> {
  const ids = standsOn(event);
  const { end } = turn;
  // Most events stand on the very end of the graph, whose authority has computed much already.
  if (sameIds(ids, end.heads)) return end.authority;
  return await turn.room.graph.authorityAfter(ids);
}

/** The control events whose state it is judged on. */
export function standsOn(event: HeldEvent): readonly EventId[] {
  return isTimelineEvent(event) ? event.pdu.state_refs : event.pdu.prev_events;
}

function sameIds(a: readonly EventId[], b: readonly EventId[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id));
}
