import type { HeldEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import { reasonOf } from "../../core/event/receipt_reason.ts";
import type { RoomId } from "../../core/ids/room_id.ts";

export type Parsed =
  | { readonly kind: "event"; readonly event: HeldEvent }
  | { readonly kind: "drop"; readonly reason: string };

/**
 * Steps 1 and 3: shape, limits, id, the room of path or request, and the content's own hash.
 * What is dropped is never remembered as bad: another copy may be good. PROTOCOL.md 7.
 */
export function parse(
  pdu: JsonValue,
  options: { readonly roomId?: RoomId; readonly blake3?: Blake3 },
): Parsed {
  const outcome = parsePduValue(pdu, options);
  return outcome.kind === "event"
    ? outcome
    : { kind: "drop", reason: reasonOf(outcome.reason, outcome.message) };
}
