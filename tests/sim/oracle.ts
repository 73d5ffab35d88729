import { type ControlEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import { naiveRights, type NaiveState } from "../state/naive_rights.ts";
import { naiveAuthKeys, NaiveResolver } from "../state/naive_resolve.ts";
import { naiveAllows } from "../state/naive_rules.ts";
import type { Kept } from "./sim_server.ts";

const VIEW_CHANNEL = 0;

/**
 * Judges everything that a server holds once more, by the second implementation of the rules:
 * what it accepted or soft-failed must pass steps 4 and 5 there, and what it rejected must fail.
 * Answers what differs.
 */
export function disagreements(kept: ReadonlyMap<EventId, Kept>, facts: RoomFacts): string[] {
  const control = new Map<string, ControlEvent>();
  for (const { event, outcome } of kept.values()) {
    if (outcome !== "rejected" && isControlEvent(event)) control.set(event.id, event);
  }
  const resolver = new NaiveResolver(control, facts);
  const states = new Map<string, NaiveState>();
  const after = (id: string): NaiveState => {
    const known = states.get(id);
    if (known !== undefined) return known;
    const event = control.get(id) as ControlEvent;
    const state = new Map(before(event.pdu.prev_events));
    if (event.pdu.state_key !== undefined) {
      state.set(`${event.pdu.type}\0${event.pdu.state_key}`, event);
    }
    states.set(id, state);
    return state;
  };
  const before = (parents: readonly string[]): NaiveState => {
    const all = parents.map(after);
    if (all.length === 0) return new Map();
    return all.length === 1 ? all[0] as NaiveState : resolver.resolve(all);
  };
  const passes = (event: ControlEvent): boolean => {
    const { prev_events: prev, auth_events: auth, type } = event.pdu;
    if (type === "m.room.create") return true;
    if (![...prev, ...auth].every((id) => control.has(id))) return false;
    const state = before(prev);
    const wanted = [...naiveAuthKeys(event.pdu)].flatMap((key) => state.get(key)?.id ?? []);
    const exact = wanted.length === auth.length && wanted.every((id) => auth.includes(id));
    return exact && naiveAllows(event.pdu, state, facts);
  };
  const wrong: string[] = [];
  for (const { event, outcome } of kept.values()) {
    if (isControlEvent(event)) {
      const ok = passes(event);
      if (ok !== (outcome !== "rejected")) {
        const { type, state_key: key } = event.pdu;
        wrong.push(`${type} ${key ?? ""} ${event.id}: ${outcome}, the second reading says ${ok}`);
      }
    } else if (isTimelineEvent(event) && outcome === "accepted") {
      const { sender, channel_id: channelId, origin_ts: ts, state_refs: refs } = event.pdu;
      const state = before(refs);
      const rights = naiveRights(state, facts, sender, channelId, ts);
      if (!rights.has(VIEW_CHANNEL)) {
        wrong.push(`${event.pdu.type} ${event.id} of ${sender} is shown`);
      }
    }
  }
  return wrong;
}
