import { checkCited, citedIds, type CitedVerdict } from "../../core/auth/check_cited.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import type { RoomTurn } from "./room_turn.ts";

/**
 * Step 4: what the event cites is held, not rejected, of this room and of the right kind. What
 * is not held is waited for; the event is judged again once it has come. PROTOCOL.md 7.
 */
export async function fetchAuth(turn: RoomTurn, event: HeldEvent): Promise<CitedVerdict> {
  await turn.read(citedIds(event));
  return checkCited(event, (id) => turn.cited(id));
}
