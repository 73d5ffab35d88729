import assert from "node:assert/strict";
import { authorise } from "../../core/auth/authorise.ts";
import { checkAuthEvents, selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import type { Verdict } from "../../core/auth/verdict.ts";
import type { ControlEvent, ControlPdu, Signatures } from "../../core/event/event.ts";
import { contentHash, eventHash } from "../../core/event/hash.ts";
import type { JsonObject } from "../../core/event/json.ts";
import { type EventId, eventIdFromHash } from "../../core/ids/event_id.ts";
import { type RoomId, roomIdFromHash } from "../../core/ids/room_id.ts";
import { sortEventIds } from "../../core/ids/sort_event_ids.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { type RoomFacts, roomFacts, type RoomKind } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";

export const T0 = 1_700_000_000_000;
const SALT = "1111111111111111";
const NONCE = "2222222222222222222222";

export interface Draft {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly ts?: number;
  readonly prev?: readonly EventId[];
  /** Default: what the state before the event holds. */
  readonly auth?: readonly EventId[];
}

export function user(name: string, server = "one.example"): UserId {
  return `@${name}:${server}` as UserId;
}

export function channelId(seed: number): string {
  // 16 bytes, all but the last zero, in base58.
  return "1".repeat(15) + "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[seed];
}

/** A control event with real ids and hashes; nobody checks signatures here. */
export function makeControl(draft: Omit<ControlPdu, "content_hash" | "signatures" | "salt">) {
  const hashOfContent = contentHash({ content: draft.content, salt: SALT });
  const unsigned = { ...draft, content_hash: hashOfContent, salt: SALT };
  const signatures: Signatures = {};
  const pdu: ControlPdu = { ...unsigned, signatures };
  const hash = eventHash(pdu);
  const event: ControlEvent = {
    id: eventIdFromHash(hash),
    hash,
    roomId: draft.room_id ?? roomIdFromHash(hash),
    pdu,
    withheld: false,
  };
  return event;
}

export interface RoomOptions {
  readonly kind?: RoomKind;
  readonly creator?: UserId;
  readonly users?: readonly UserId[];
  readonly federate?: boolean;
}

export interface Sent {
  readonly event: ControlEvent;
  readonly verdict: Verdict;
  readonly before: StateMap;
  readonly after: StateMap;
}

/** A control graph that accepts what step 4 and 5 accept and remembers the state after each event. */
export class TestRoom {
  readonly facts: RoomFacts;
  readonly create: ControlEvent;
  readonly events = new Map<EventId, ControlEvent>();
  readonly states = new Map<EventId, StateMap>();
  readonly graph: AuthGraph;
  heads: EventId[];
  ts = T0;

  constructor(options: RoomOptions = {}) {
    const kind = options.kind ?? "guild";
    const creator = options.creator ?? user("owner");
    this.create = makeControl({
      type: "m.room.create",
      sender: creator,
      origin_server: serverOf(creator),
      origin_ts: T0,
      state_key: "",
      content: {
        room_version: "og1",
        nonce: NONCE,
        kind,
        federate: options.federate ?? true,
        ...(kind === "dm" ? { users: [...options.users ?? []].sort() } : {}),
        ...(kind === "private" ? { guild: "!guild" } : {}),
      },
      prev_events: [],
      auth_events: [],
    });
    const facts = roomFacts(this.create);
    assert(facts !== undefined);
    this.facts = facts;
    this.graph = new AuthGraph(this.events, facts);
    this.events.set(this.create.id, this.create);
    this.states.set(this.create.id, StateMap.EMPTY.with(this.create));
    this.heads = [this.create.id];
  }

  get roomId(): RoomId {
    return this.create.roomId;
  }

  stateAfter(parents: readonly EventId[]): StateMap {
    const states = parents.map((id) => {
      const state = this.states.get(id);
      assert(state !== undefined, `no state after ${id}`);
      return state;
    });
    const resolution = resolve(states, { graph: this.graph });
    assert(resolution.kind === "resolved");
    return resolution.state;
  }

  get state(): StateMap {
    return this.stateAfter(this.heads);
  }

  authority(state: StateMap = this.state): Authority {
    return new Authority(state, this.facts);
  }

  build(draft: Draft): { event: ControlEvent; before: StateMap } {
    const prev = draft.prev ?? this.heads;
    const before = this.stateAfter(prev);
    const content = draft.content ?? {};
    const shape = {
      type: draft.type,
      sender: draft.sender,
      content,
      ...(draft.stateKey === undefined ? {} : { state_key: draft.stateKey }),
    };
    const event = makeControl({
      ...shape,
      room_id: this.roomId,
      origin_server: serverOf(draft.sender),
      origin_ts: draft.ts ?? ++this.ts,
      prev_events: sortEventIds(prev),
      auth_events: sortEventIds(draft.auth ?? selectAuthEvents(shape, before)),
    });
    return { event, before };
  }

  /** Builds, judges and, where accepted, adds; parents of it are heads no more. */
  try(draft: Draft): Sent {
    const { event, before } = this.build(draft);
    return this.receive(event, before);
  }

  receive(event: ControlEvent, before = this.stateAfter(event.pdu.prev_events)): Sent {
    const exact = checkAuthEvents(event.pdu, before);
    const verdict = exact.ok ? authorise(event.pdu, new Authority(before, this.facts)) : exact;
    if (!verdict.ok) return { event, verdict, before, after: before };
    const after = event.pdu.state_key === undefined ? before : before.with(event);
    this.events.set(event.id, event);
    this.states.set(event.id, after);
    const parents = new Set(event.pdu.prev_events);
    this.heads = [...this.heads.filter((id) => !parents.has(id)), event.id];
    return { event, verdict, before, after };
  }

  /** As `try`, for events that must pass. */
  add(draft: Draft): ControlEvent {
    const { event, verdict } = this.try(draft);
    assert(verdict.ok, verdict.ok ? "" : `${draft.type}: ${verdict.rule}: ${verdict.reason}`);
    return event;
  }

  member(sender: UserId, target: UserId, content: JsonObject, rest: Partial<Draft> = {}): Draft {
    return { type: "m.room.member", sender, stateKey: target, content, ...rest };
  }

  join(who: UserId, rest: Partial<Draft> = {}): ControlEvent {
    return this.add(this.member(who, who, { membership: "join" }, rest));
  }

  roles(sender: UserId, everyone: string, roles: JsonObject, rest: Partial<Draft> = {}): Draft {
    const content = { everyone, roles };
    return { type: "m.guild.roles", sender, stateKey: "", content, ...rest };
  }

  give(sender: UserId, target: UserId, roles: string[], rest: Partial<Draft> = {}): Draft {
    const content = { roles: [...roles].sort() };
    return { type: "m.guild.member_roles", sender, stateKey: target, content, ...rest };
  }
}

/** Owner, public join rule, and the given roles. */
export function openGuild(
  roles: JsonObject = {},
  options: { everyone?: string; members?: readonly UserId[] } = {},
): TestRoom {
  const owner = user("owner");
  const room = new TestRoom({ creator: owner });
  room.add({ type: "m.guild.owner", sender: owner, stateKey: "", content: { user: owner } });
  room.join(owner);
  room.add(room.roles(owner, options.everyone ?? "0", roles));
  room.add({
    type: "m.room.join_rules",
    sender: owner,
    stateKey: "",
    content: { rule: "public" },
  });
  for (const member of options.members ?? []) room.join(member);
  return room;
}
