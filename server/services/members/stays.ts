import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import type { ControlIntent } from "../../rooms/control_tip.ts";

/** The end of a membership that a link gives; nothing for one that lasts. */
export function stayIntents(stay: {
  readonly userId: UserId;
  readonly author: UserId;
  /** Seconds; null: for good. */
  readonly staysS: number | null;
  readonly nowMs: number;
}): ControlIntent[] {
  return stay.staysS === null ? [] : [{
    type: "m.member.stay",
    sender: stay.author,
    stateKey: stay.userId,
    content: { until: stay.nowMs + stay.staysS * 1000 },
  }];
}

/** Throws `invalid` for an end of a membership that is over already or too far away. */
export function requireStayEnd(until: number, nowMs: number): void {
  if (until > nowMs && until <= nowMs + limits.authority.maxBanMs) return;
  throw new OperationError(
    "invalid",
    "A membership ends in the future and within five years; null makes it last.",
    { details: { field: "stay_until" } },
  );
}
