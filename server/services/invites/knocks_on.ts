import { joinRuleOf } from "../../../core/auth/join_rule.ts";
import type { ControlEvent } from "../../../core/event/event.ts";
import type { Authority } from "../../../core/permissions/authority.ts";

/** Knocks of a state, counted once for as long as it is the present one. */
const known = new WeakMap<Authority, readonly ControlEvent[]>();

/** Who asks to be let in, the longest first; nobody where asking is not allowed (any more). */
export function knocksOn(authority: Authority): readonly ControlEvent[] {
  if (joinRuleOf(authority) !== "knock") return [];
  let knocks = known.get(authority);
  if (knocks === undefined) {
    knocks = [...authority.view.entriesOf("m.room.member")].map(([, event]) => event)
      .filter(({ pdu }) => pdu.content["membership"] === "knock")
      .sort((a, b) => a.pdu.origin_ts - b.pdu.origin_ts);
    known.set(authority, knocks);
  }
  return knocks;
}
