import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";

/** The control events a room holds. Rejected ones are in no graph; soft-failed ones count. PROTOCOL.md 7. */
export interface ControlLookup {
  /** The held event, or undefined where it is not held or was rejected. */
  get(id: EventId): ControlEvent | undefined;
}
