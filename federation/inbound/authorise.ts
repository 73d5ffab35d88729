import { authorise as authoriseOn } from "../../core/auth/authorise.ts";
import { checkAuthEvents } from "../../core/auth/select_auth_events.ts";
import { firstRefusal, type Verdict } from "../../core/auth/verdict.ts";
import { type HeldEvent, isControlEvent } from "../../core/event/event.ts";
import type { Authority } from "../../core/permissions/authority.ts";

/**
 * Step 5: a control event cites exactly what the state before it holds at its auth types, and
 * the rules pass on that state. PROTOCOL.md 4 and 7.
 */
export function authorise(event: HeldEvent, before: Authority): Verdict {
  return firstRefusal(
    () => isControlEvent(event) ? checkAuthEvents(event.pdu, before.view) : { ok: true },
    () => authoriseOn(event.pdu, before),
  );
}
