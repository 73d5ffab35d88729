import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
  type Pdu,
  type TimelineEvent,
} from "../../core/event/event.ts";
import { contentHash, eventHash } from "../../core/event/hash.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { type EventSigner, signEventHash } from "../../core/event/sign.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";

/** An event that somebody makes up. What is absent is as an honest server would choose it. */
export interface Draft {
  readonly type: string;
  readonly sender: UserId;
  readonly content: JsonObject;
  readonly ts: number;
  /** Absent: a control event without one. */
  readonly stateKey?: string;
  /** Set: a timeline event. */
  readonly channelId?: ChannelId;
  readonly prev?: readonly EventId[];
  readonly auth?: readonly EventId[];
  readonly refs?: readonly EventId[];
  readonly roomId?: RoomId;
}

/**
 * A room as one who obeys no rule knows it: holds what it was told, knows what an honest server
 * would cite, and signs whatever it likes. Nothing here is checked by the rules.
 */
export class ShadowRoom {
  readonly facts: RoomFacts;
  readonly events = new Map<EventId, HeldEvent>();
  readonly #control = new Map<EventId, ControlEvent>();
  readonly #states = new Map<EventId, StateMap>();
  readonly #graph: AuthGraph;
  readonly #rng: Rng;
  #early: ControlEvent[] = [];

  constructor(create: ControlEvent, rng: Rng) {
    const facts = roomFacts(create);
    if (facts === undefined) throw new Error(`${create.id} creates no room`);
    this.facts = facts;
    this.#rng = rng;
    this.#graph = new AuthGraph(this.#control, facts);
    this.learn(create);
  }

  get roomId(): RoomId {
    return this.facts.roomId;
  }

  /** Takes an event as told. Control events wait until their parents are known. */
  learn(event: HeldEvent): void {
    if (this.events.has(event.id)) return;
    if (!isControlEvent(event)) return void this.events.set(event.id, event);
    this.#early.push(event);
    for (let going = true; going;) {
      going = false;
      for (const waiting of this.#early) {
        const { prev_events: prev, auth_events: auth } = waiting.pdu;
        if (![...prev, ...auth].every((id) => this.#control.has(id))) continue;
        this.#early = this.#early.filter(({ id }) => id !== waiting.id);
        this.#hold(waiting);
        going = true;
      }
    }
  }

  #hold(event: ControlEvent): void {
    this.events.set(event.id, event);
    this.#control.set(event.id, event);
    const before = this.stateAfter(event.pdu.prev_events);
    this.#states.set(event.id, event.pdu.state_key === undefined ? before : before.with(event));
  }

  stateAfter(parents: readonly EventId[]): StateMap {
    const states = parents.flatMap((id) => this.#states.get(id) ?? []);
    if (states.length === 0) return StateMap.EMPTY;
    const resolution = resolve(states, { graph: this.#graph });
    if (resolution.kind !== "resolved") throw new Error("a shadow room is small");
    return resolution.state;
  }

  authority(parents: readonly EventId[] = this.heads()): Authority {
    return new Authority(this.stateAfter(parents), this.facts);
  }

  /** Ends of the control graph. */
  heads(): EventId[] {
    const inner = new Set([...this.#control.values()].flatMap(({ pdu }) => pdu.prev_events));
    return [...this.#control.keys()].filter((id) => !inner.has(id));
  }

  channelHeads(channelId: ChannelId): EventId[] {
    const events = [...this.events.values()].filter((event): event is TimelineEvent =>
      isTimelineEvent(event) && event.pdu.channel_id === channelId
    );
    const inner = new Set(events.flatMap(({ pdu }) => pdu.prev_events));
    return events.map(({ id }) => id).filter((id) => !inner.has(id));
  }

  /** Control events, oldest known first. */
  control(): readonly ControlEvent[] {
    return [...this.#control.values()];
  }

  /** Builds and signs, by whomever. Throws DraftError only where no envelope could hold it. */
  build(draft: Draft, signer: EventSigner): Promise<HeldEvent> {
    const options = { signer, rng: this.#rng };
    const roomId = draft.roomId ?? this.roomId;
    const { type, sender, content, ts: originTs } = draft;
    const heads = this.heads();
    if (draft.channelId !== undefined) {
      return buildTimelineEvent({
        type,
        sender,
        content,
        originTs,
        roomId,
        channelId: draft.channelId,
        stateRefs: draft.refs ?? heads.slice(0, 10),
        prevEvents: draft.prev ?? this.channelHeads(draft.channelId).slice(0, 20),
      }, options);
    }
    const prevEvents = draft.prev ?? heads.slice(0, 20);
    const state = { ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }) };
    return buildControlEvent({
      type,
      sender,
      content,
      originTs,
      roomId,
      ...(draft.stateKey === undefined ? {} : { stateKey: draft.stateKey }),
      prevEvents,
      authEvents: draft.auth ??
        selectAuthEvents({ type, sender, content, ...state }, this.stateAfter(prevEvents)),
    }, options);
  }
}

/**
 * A PDU with any fields whatever, its hashes and signature made to fit: `fields` undefined leaves
 * a field out. What the protocol forbids is exactly what this can make.
 */
export async function forge(
  pdu: Pdu,
  fields: Readonly<Record<string, unknown>>,
  signers: Readonly<Record<string, EventSigner>>,
): Promise<JsonValue> {
  const loose: Record<string, unknown> = { ...pdu, ...fields };
  for (const [name, value] of Object.entries(fields)) if (value === undefined) delete loose[name];
  if (!("content_hash" in fields) && typeof loose["salt"] === "string") {
    loose["content_hash"] = contentHash({
      content: loose["content"] as JsonObject,
      salt: loose["salt"],
    });
  }
  const hash = eventHash(loose as unknown as Pdu);
  const signatures: Record<string, Record<string, string>> = {};
  for (const [server, signer] of Object.entries(signers)) {
    signatures[server] = { [signatureName(signer.keyId)]: await signEventHash(hash, signer) };
  }
  return { ...loose, signatures } as JsonValue;
}

/** The id that a PDU has, valid or not. */
export function idOf(pdu: JsonValue): EventId {
  return eventIdFromHash(eventHash(pdu as unknown as Pdu));
}

export function wire(event: HeldEvent): JsonValue {
  return event.pdu as unknown as JsonValue;
}
