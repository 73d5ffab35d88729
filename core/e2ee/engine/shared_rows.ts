import type { KeyEvent } from "./gaps.ts";
import type { StoreChange } from "./ports.ts";
import { jsonRow } from "./rows.ts";

/**
 * What the table `shared` holds of a room, by the letter after its id: `i` events that share
 * history and were not looked into yet, `h` keys that were shared and not proven yet, `g` what this
 * device is to give.
 */
const rowKey = (letter: "i" | "h" | "g", roomId: string, name: string) =>
  `${roomId}/${letter}/${name}`;

export const incomingKey = (roomId: string, eventId: string) => rowKey("i", roomId, eventId);
/** Of one event, from each who shared it: a false key takes no true one's place. */
export const heldKey = (roomId: string, eventId: string, by = "") =>
  rowKey("h", roomId, eventId === "" ? "" : `${eventId} ${by}`);
export const wishKey = (roomId: string, userId: string) => rowKey("g", roomId, userId);

/** An event that shares history is looked into once the feed's page is stored. */
export function incomingRow(roomId: string, event: KeyEvent): StoreChange {
  return jsonRow("shared", incomingKey(roomId, event.event_id), event);
}
