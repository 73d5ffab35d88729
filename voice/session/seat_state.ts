/**
 * How far a participant's connection has come, as a table: what is not in it does not happen.
 * `offered`: nothing was heard from the browser yet. `checked`: an authenticated check came, keys
 * are agreed on. `connected`: voice flows. `disconnected`: was connected, and has been silent for a
 * while; a check brings it back. `failed` and `gone` are ends.
 */
export type SeatState = "offered" | "checked" | "connected" | "disconnected" | "failed" | "gone";

export type SeatEvent =
  /** An authenticated check arrived. */
  | "check"
  /** The handshake ended and its peer is who the answer named. */
  | "keys"
  /** Nothing authenticated has come for a while. */
  | "silence"
  /** Too long without what was waited for, or a handshake that cannot succeed. */
  | "failure"
  | "leave";

const TABLE: Readonly<Record<SeatState, Readonly<Partial<Record<SeatEvent, SeatState>>>>> = {
  offered: { check: "checked", failure: "failed", leave: "gone" },
  checked: { keys: "connected", failure: "failed", leave: "gone" },
  connected: { silence: "disconnected", failure: "failed", leave: "gone" },
  disconnected: { check: "connected", failure: "failed", leave: "gone" },
  failed: { leave: "gone" },
  gone: {},
};

/** The state after an event, or the same one where the event means nothing in it. */
export function nextState(state: SeatState, event: SeatEvent): SeatState {
  return TABLE[state][event] ?? state;
}
