import { equal } from "node:assert/strict";
import { nextState, type SeatEvent, type SeatState } from "./seat_state.ts";

const STATES: SeatState[] = [
  "offered",
  "checked",
  "connected",
  "disconnected",
  "failed",
  "gone",
];
const EVENTS: SeatEvent[] = ["check", "keys", "silence", "failure", "leave"];

/** One line a state, one column an event, as in EVENTS; a dot stays where it is. */
const EXPECTED = `
offered:      checked   .         .            failed gone
checked:      .         connected .            failed gone
connected:    .         .         disconnected failed gone
disconnected: connected .         .            failed gone
failed:       .         .         .            .      gone
gone:         .         .         .            .      .`;

Deno.test("a seat's states change as the table says, and in no other way", () => {
  const lines = EXPECTED.trim().split("\n").map((line) => line.split(/:?\s+/));
  equal(lines.length, STATES.length);
  for (const [name = "", ...cells] of lines) {
    const state = STATES.find((each) => each === name);
    if (state === undefined) throw new Error(`the table names ${name}`);
    EVENTS.forEach((event, at) => {
      const expected = cells[at] === "." ? state : cells[at];
      equal(nextState(state, event), expected, `${state} on ${event}`);
    });
  }
});
