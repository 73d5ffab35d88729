import { assert } from "../../core/assert.ts";
import { authoriseControl } from "../../core/auth/authorise.ts";
import type { Refusal } from "../../core/auth/verdict.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { OperationError } from "../../core/errors.ts";
import { buildControlEvent, type BuildOptions, DraftError } from "../../core/event/build.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { writeCanonical } from "../../core/event/json_write.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { StateAddress, StateMap } from "../../core/state/state_map.ts";
import type { EventRow } from "../postgres/event_rows.ts";
import { currentState, type CurrentStateRow, headMoves } from "../postgres/room_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import {
  nextStateGroup,
  type StateEntry,
  type StateGroupRow,
  stateGroups,
} from "../postgres/state_groups.ts";

/** A control event that somebody wants; what it cites is found when it is built. */
export interface ControlIntent {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey?: string;
  readonly content: JsonObject;
  /** Another server signs too: answers with the very same event and both signatures. */
  readonly coSign?: (event: ControlEvent) => Promise<ControlEvent>;
}

/** The end of a control graph: its heads and the state they resolve to. Immutable. */
export interface ControlTip {
  readonly roomId: RoomId;
  readonly state: StateMap;
  readonly authority: Authority;
  /** The heads whose state this is. */
  readonly heads: readonly EventId[];
  /** All heads, where they are still being resolved in the background. */
  readonly pending?: readonly EventId[];
  /** A stored state group from which the next one is told by its difference. */
  readonly group: GroupBase;
}

/** A stored state group and the state it stands for. */
export interface GroupBase {
  readonly key: string;
  readonly depth: number;
  readonly state: StateMap;
}

/** An event, the state it was a change of, and the state after it. */
export interface BuiltControl {
  readonly event: ControlEvent;
  readonly before: StateMap;
  readonly after: StateMap;
}

/** Events built on a tip, the tip after them, and the rows that store both. */
export interface ControlChain {
  readonly tip: ControlTip;
  readonly built: readonly BuiltControl[];
  readonly events: readonly EventRow[];
  readonly rows: readonly TaggedRow[];
}

export interface ChainOptions extends BuildOptions {
  /** The `origin_ts` of all of them, ms. */
  readonly nowMs: number;
}

/**
 * Authorises, builds and signs events one after another, each on the state after the former.
 * Throws OperationError `forbidden` at the first that the rules refuse; nothing is stored here.
 */
export async function extendControl(
  start: ControlTip,
  intents: readonly ControlIntent[],
  options: ChainOptions,
): Promise<ControlChain> {
  let tip = start;
  const built: BuiltControl[] = [];
  const events: EventRow[] = [];
  const rows: TaggedRow[] = [];
  for (const intent of intents) {
    const own = await buildIntent(tip, intent, options);
    const event = await intent.coSign?.(own) ?? own;
    assert(event.id === own.id, "a second signature changes nothing that is signed");
    const after = tipAfter(tip, event);
    built.push({ event, before: tip.state, after: after.state });
    events.push(controlRow(event, options.nowMs));
    rows.push(...rowsOf(tip, event, after));
    tip = after;
  }
  return { tip, built, events, rows };
}

async function buildIntent(
  tip: ControlTip,
  intent: ControlIntent,
  options: ChainOptions,
): Promise<ControlEvent> {
  const prevEvents = tip.heads.slice(0, limits.event.maxPrevEvents);
  const judged = {
    type: intent.type,
    sender: intent.sender,
    origin_ts: options.nowMs,
    content: intent.content,
    prev_events: prevEvents,
    ...(intent.stateKey === undefined ? {} : { state_key: intent.stateKey }),
  };
  const verdict = authoriseControl(judged, tip.authority);
  if (!verdict.ok) throw refused(verdict);
  // Whoever is shut out may still go.
  const leaves = intent.stateKey === intent.sender && intent.content["membership"] === "leave";
  if (!leaves) requireOwnServer(tip, intent.sender);
  try {
    return await buildControlEvent({
      type: intent.type,
      sender: intent.sender,
      roomId: tip.roomId,
      originTs: options.nowMs,
      content: intent.content,
      prevEvents,
      authEvents: selectAuthEvents(judged, tip.state),
      ...(intent.stateKey === undefined ? {} : { stateKey: intent.stateKey }),
    }, options);
  } catch (error) {
    if (error instanceof DraftError) throw new OperationError("invalid", error.message);
    throw error;
  }
}

/**
 * Throws OperationError `forbidden` where the room's server list shuts the sender's server out:
 * every other server soft-fails what comes from there, so nothing of it may look as if it stood.
 */
export function requireOwnServer({ state }: Pick<ControlTip, "state">, sender: UserId): void {
  const server = serverOf(sender);
  if (isServerAllowed(state, server)) return;
  throw new OperationError(
    "forbidden",
    `The server list of this place no longer lets ${server} take part; nothing was sent.`,
    { details: { rule: "now.acl" } },
  );
}

/** The rules' refusal as an answer to a person. */
export function refused(refusal: Refusal): OperationError {
  return new OperationError("forbidden", `You may not do this here: ${refusal.reason}.`, {
    details: { rule: refusal.rule },
  });
}

/** The tip after an event that stands on exactly this tip's heads. */
export function tipAfter(tip: ControlTip, event: ControlEvent): ControlTip {
  const key = event.pdu.state_key;
  const state = key === undefined ? tip.state : tip.state.with(event);
  const changed = key === undefined ? [] : [[event.pdu.type, key] as const];
  const { key: groupKey, depth } = stateGroupAfter(event, { state, base: tip.group });
  return {
    roomId: tip.roomId,
    state,
    authority: tip.authority.next(state, changed),
    heads: [event.id],
    group: { key: groupKey, depth, state },
  };
}

/** The row that stores the state after an event. */
export function stateGroupAfter(
  event: ControlEvent,
  { state, base }: { readonly state: StateMap; readonly base: GroupBase },
): StateGroupRow {
  return nextStateGroup({
    roomId: event.roomId,
    key: event.id,
    base,
    changed: [...base.state.differing(state)].map((
      [type, key],
    ) => [type, key, state.get(type, key)?.id ?? null]),
    size: state.size,
    full: () => fullState(state),
  });
}

function* fullState(state: StateMap): Iterable<StateEntry> {
  for (const event of state.events()) {
    yield [event.pdu.type, event.pdu.state_key ?? "", event.id];
  }
}

function rowsOf(before: ControlTip, event: ControlEvent, after: ControlTip): TaggedRow[] {
  const { roomId } = before;
  return [
    headMoves.of({ roomId, remove: event.pdu.prev_events, add: [event.id] }),
    stateGroups.of(stateGroupAfter(event, { state: after.state, base: before.group })),
    ...(event.pdu.state_key === undefined ? [] : [currentState.of(currentStateRow(event))]),
  ];
}

export function currentStateRow(event: ControlEvent) {
  const { type, content } = event.pdu;
  const membership = content["membership"];
  const nickname = content["nickname"];
  return {
    roomId: event.roomId,
    type,
    stateKey: event.pdu.state_key ?? "",
    eventId: event.id,
    ...(type === "m.room.member" && typeof membership === "string" ? { membership } : {}),
    ...(type === "m.member.profile" && typeof nickname === "string"
      // The database's text has no such character, and an event may.
      ? { label: nickname.replaceAll("\u0000", "") }
      : {}),
  };
}

/** What the table of the present state says at an address. */
export function currentRowAt(
  roomId: RoomId,
  state: StateMap,
  [type, stateKey]: StateAddress,
): CurrentStateRow {
  const event = state.get(type, stateKey);
  return event === undefined ? { roomId, type, stateKey } : currentStateRow(event);
}

export function controlRow(event: ControlEvent, receivedTs: number): EventRow {
  const { pdu } = event;
  return {
    roomId: event.roomId,
    eventId: event.id,
    hash: event.hash,
    type: pdu.type,
    ...(pdu.state_key === undefined ? {} : { stateKey: pdu.state_key }),
    sender: pdu.sender,
    originTs: pdu.origin_ts,
    outcome: "accepted",
    receivedTs,
    withheld: event.withheld,
    pdu: writeCanonical(pdu as unknown as JsonObject),
    held: event,
  };
}
