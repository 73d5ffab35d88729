import type { Authority } from "./authority.ts";

/**
 * Whether what was said is for those alone who could see the channel then: `joined` in the
 * present state. PROTOCOL.md 2 (who receives).
 */
export function isHistoryJoined(authority: Authority): boolean {
  const event = authority.view.get("m.room.history_visibility", "");
  return event?.pdu.content["visibility"] === "joined";
}
