import type { JudgedControl } from "./judged.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";
import type { RoomFacts } from "../rules/room_facts.ts";

/** The first event of a room: no parents, state key "", sent by the creator it names. PROTOCOL.md 2. */
export function judgeCreate(event: JudgedControl, room: RoomFacts): Verdict {
  if (event.prev_events.length > 0) return refuse("create", "a create event has no parents");
  if (event.state_key !== "") return refuse("create", "a create event has the state key ''");
  if (event.sender !== room.creator) return refuse("create", "the room was made by someone else");
  return ALLOWED;
}
