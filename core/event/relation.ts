import type { EventId } from "../ids/event_id.ts";
import type { Pdu } from "./event.ts";
import { keptRelation } from "./keep.ts";

/** How an event relates to another: the part that survives redaction. */
export interface KeptRelation {
  readonly kind: string;
  readonly eventId: EventId;
}

/** `relates_to` of a timeline event, or undefined without a well-formed one. PROTOCOL.md 6. */
export function relationOf(pdu: Pdu): KeptRelation | undefined {
  const relation = keptRelation(pdu.content);
  return relation && { kind: relation.kind, eventId: relation.event_id as EventId };
}
