import type { JsonValue } from "../../core/event/json.ts";
import type { Mark, OutgoingEvent } from "../../federation/outbound/ports.ts";
import type { StoredEvent } from "../postgres/event_rows.ts";
import { heldOf } from "../rooms/load_room.ts";

const encoder = new TextEncoder();

/** A stored event as it is sent; `mark`: who has it, and all before it, stands there. */
export function outgoingEvent(stored: StoredEvent, mark: Mark): OutgoingEvent {
  return {
    eventId: stored.eventId,
    pdu: heldOf(stored).pdu as unknown as JsonValue,
    bytes: encoder.encode(stored.pdu).length,
    mark,
  };
}
