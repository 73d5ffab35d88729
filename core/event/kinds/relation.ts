import { eventId } from "./fields.ts";
import { type Infer, object, oneOf, optional } from "./shape.ts";

/**
 * How a timeline event relates to another of its channel. `kind` and `event_id` survive
 * redaction. `reply_to` names the answered message inside a thread. PROTOCOL.md 6 and 10.
 */
export const relation = object({
  kind: oneOf("reply", "edit", "reaction", "thread", "vote", "poll_end", "previews_off"),
  event_id: eventId,
  reply_to: optional(eventId),
});
export type Relation = Infer<typeof relation>;

/** A relation of one kind, as some types demand. */
export function relationOf<const Kind extends Relation["kind"]>(kind: Kind) {
  return object({ kind: oneOf(kind), event_id: eventId });
}
