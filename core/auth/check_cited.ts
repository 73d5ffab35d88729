import type { HeldEvent } from "../event/event.ts";
import { isControlEvent, isTimelineEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import { authTypes } from "./auth_types.ts";

/** What the receiver knows of a cited id. Soft-failed counts as held. */
export type Cited =
  | { readonly kind: "held"; readonly event: HeldEvent }
  | { readonly kind: "rejected" }
  | { readonly kind: "unknown" };

export type CitedVerdict =
  | { readonly kind: "ok" }
  /** Not all is held yet: wait for these and ask the room's servers. */
  | { readonly kind: "wait"; readonly missing: readonly EventId[] }
  | { readonly kind: "reject"; readonly reason: string };

/**
 * Step 4: what an event cites is held, not rejected, of its room and of the right kind;
 * `auth_events` are only of its auth types. A timeline event's parents decide nothing.
 * PROTOCOL.md 7.
 */
export function checkCited(event: HeldEvent, look: (id: EventId) => Cited): CitedVerdict {
  const missing: EventId[] = [];
  for (const id of citedIds(event)) {
    const cited = look(id);
    if (cited.kind === "unknown") missing.push(id);
    else if (cited.kind === "rejected") {
      return { kind: "reject", reason: `cites ${id}, which is rejected` };
    } else {
      const fault = faultOf(event, cited.event);
      if (fault !== undefined) return { kind: "reject", reason: fault };
    }
  }
  return missing.length > 0 ? { kind: "wait", missing } : { kind: "ok" };
}

/** The ids that decide an event's acceptance. */
export function citedIds(event: HeldEvent): readonly EventId[] {
  return isTimelineEvent(event)
    ? event.pdu.state_refs
    : isControlEvent(event)
    ? [...event.pdu.prev_events, ...event.pdu.auth_events]
    : [];
}

function faultOf(event: HeldEvent, cited: HeldEvent): string | undefined {
  if (cited.roomId !== event.roomId) return `cites ${cited.id}, which is of another room`;
  if (!isControlEvent(cited)) return `cites ${cited.id}, which is no control event`;
  if (!isControlEvent(event) || !event.pdu.auth_events.includes(cited.id)) return undefined;
  const { type, state_key: stateKey } = cited.pdu;
  const isWanted = stateKey !== undefined &&
    authTypes(event.pdu).some(([t, key]) => t === type && key === stateKey);
  return isWanted ? undefined : `cites ${cited.id} (${type}), on which no rule of its type rests`;
}
