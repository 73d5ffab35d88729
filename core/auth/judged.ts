import type { ControlPdu, TimelinePdu } from "../event/event.ts";
import type { Authority } from "../permissions/authority.ts";
import type { Verdict } from "./verdict.ts";

/** What authorisation reads of a control event; a draft that is not yet hashed has it too. */
export type JudgedControl = Pick<
  ControlPdu,
  "type" | "sender" | "origin_ts" | "content" | "state_key" | "prev_events"
>;

/** What authorisation reads of a timeline event. */
export type JudgedTimeline = Pick<
  TimelinePdu,
  "type" | "sender" | "origin_ts" | "content" | "channel_id"
>;

/** One rule of the table in PROTOCOL.md 4. Reads no state beyond `authTypes(event)`. */
export type ControlRule = (event: JudgedControl, authority: Authority) => Verdict;
