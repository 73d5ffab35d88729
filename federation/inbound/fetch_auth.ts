import { checkCited, citedIds, type CitedVerdict } from "../../core/auth/check_cited.ts";
import { type HeldEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomTurn } from "./room_turn.ts";

/**
 * Step 4: what the event cites is held, not rejected, of this room and of the right kind. What
 * is not held is waited for; the event is judged again once it has come. PROTOCOL.md 7.
 */
export async function fetchAuth(turn: RoomTurn, event: HeldEvent): Promise<CitedVerdict> {
  await turn.read(citedIds(event));
  return checkCited(event, (id) => turn.cited(id));
}

/** Every id that the stages will ask for: read at once for all events of a turn. */
export function namedIds(event: HeldEvent): readonly EventId[] {
  return isTimelineEvent(event)
    ? [event.id, ...event.pdu.state_refs, ...event.pdu.prev_events]
    : [event.id, ...citedIds(event)];
}
