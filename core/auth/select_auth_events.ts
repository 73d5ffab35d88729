import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { sortEventIds } from "../ids/sort_event_ids.ts";
import type { StateView } from "../state/state_map.ts";
import { authTypes } from "./auth_types.ts";
import type { JudgedControl } from "./judged.ts";
import { ALLOWED, refuse, type Verdict } from "./verdict.ts";

type Draft = Pick<JudgedControl, "type" | "sender" | "state_key" | "content">;

/** The events a draft must cite, given the state before it. PROTOCOL.md 7 step 5. */
export function authEventsAt(draft: Draft, state: Pick<StateView, "get">): ControlEvent[] {
  const cited: ControlEvent[] = [];
  for (const [type, stateKey] of authTypes(draft)) {
    const event = state.get(type, stateKey);
    if (event !== undefined) cited.push(event);
  }
  return cited;
}

/** Their ids, sorted by raw hash: the `auth_events` of the draft. */
export function selectAuthEvents(draft: Draft, state: Pick<StateView, "get">): EventId[] {
  return sortEventIds(authEventsAt(draft, state).map((event) => event.id));
}

/** First half of step 5: `auth_events` is exactly what the state before the event holds. */
export function checkAuthEvents(
  event: Draft & { readonly auth_events: readonly EventId[] },
  stateBefore: Pick<StateView, "get">,
): Verdict {
  const wanted = new Set(authEventsAt(event, stateBefore).map(({ id }) => id));
  const extra = event.auth_events.find((id) => !wanted.has(id));
  if (extra !== undefined) {
    return refuse("auth_events.exact", `cites ${extra}, which the state before it does not hold`);
  }
  if (event.auth_events.length !== wanted.size) {
    const missing = [...wanted].find((id) => !event.auth_events.includes(id));
    return refuse("auth_events.exact", `does not cite ${missing}, which its authority rests on`);
  }
  return ALLOWED;
}
