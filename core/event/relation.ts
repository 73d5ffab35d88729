import { type EventId, parseEventId } from "../ids/event_id.ts";
import type { Pdu } from "./event.ts";

/** How an event relates to another: the part that survives redaction. */
export interface KeptRelation {
  readonly kind: string;
  readonly eventId: EventId;
}

/** `relates_to` of a timeline event, or undefined without a well-formed one. PROTOCOL.md 6. */
export function relationOf(pdu: Pdu): KeptRelation | undefined {
  const relation = pdu.content["relates_to"];
  if (typeof relation !== "object" || relation === null || Array.isArray(relation)) {
    return undefined;
  }
  const { kind, event_id: id } = relation as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || typeof id !== "string") return undefined;
  const eventId = parseEventId(id);
  return eventId === undefined ? undefined : { kind, eventId };
}
