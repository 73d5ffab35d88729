import assert from "node:assert/strict";
import { authorise } from "../../core/auth/authorise.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import type { ControlEvent, HeldEvent, TimelineEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { DEFAULT_EVERYONE_BITS, formatBits } from "../../core/permissions/bits.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { TEST_TS, type TestServer, userId } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { channelId } from "../state/room.ts";

export interface ControlWish {
  readonly type: string;
  readonly sender: UserId;
  readonly stateKey?: string;
  readonly content?: JsonObject;
  readonly ts?: number;
  /** Default: the room's heads. */
  readonly prev?: readonly EventId[];
  /** Default: what the state before holds. */
  readonly auth?: readonly EventId[];
}

export interface MessageWish {
  readonly sender: UserId;
  readonly body?: string;
  readonly type?: string;
  readonly content?: JsonObject;
  readonly ts?: number;
  readonly channelId?: ChannelId;
  readonly prev?: readonly EventId[];
  readonly refs?: readonly EventId[];
}

/**
 * A room as other servers make it: signed events of several servers, with the state after each.
 * Nothing is refused here: what is wrong with an event is for the receiver to find.
 */
export class RemoteRoom {
  readonly events = new Map<EventId, ControlEvent>();
  readonly states = new Map<EventId, StateMap>();
  readonly timeline: TimelineEvent[] = [];
  readonly channel = channelId(1) as ChannelId;
  readonly graph: AuthGraph;
  readonly facts: RoomFacts;
  heads: EventId[];
  ends: EventId[] = [];
  ts: number;
  readonly #servers: ReadonlyMap<string, TestServer>;
  readonly #rng = seededRng(99);

  private constructor(
    readonly create: ControlEvent,
    servers: readonly TestServer[],
    facts: RoomFacts,
  ) {
    this.#servers = new Map(servers.map((server) => [server.name, server]));
    this.facts = facts;
    this.graph = new AuthGraph(this.events, facts);
    this.events.set(create.id, create);
    this.states.set(create.id, StateMap.from([create]));
    this.heads = [create.id];
    this.ts = create.pdu.origin_ts;
  }

  /** A public guild of `owner` with one text channel, and its members joined. */
  static async guild(
    servers: readonly TestServer[],
    { owner, members, ts = TEST_TS, everyone = formatBits(DEFAULT_EVERYONE_BITS), roles = {} }: {
      readonly owner: UserId;
      readonly members: readonly UserId[];
      readonly ts?: number;
      readonly everyone?: string;
      readonly roles?: JsonObject;
    },
  ): Promise<RemoteRoom> {
    const home = servers.find(({ name }) => name === serverOf(owner));
    assert(home !== undefined);
    const rng = seededRng(ts % 1000);
    const create = await buildControlEvent({
      type: "m.room.create",
      sender: owner,
      stateKey: "",
      originTs: ts,
      content: {
        room_version: "og1",
        nonce: "2222222222222222222222",
        kind: "guild",
        federate: true,
      },
      prevEvents: [],
      authEvents: [],
    }, { signer: home.signer, rng });
    const facts = roomFacts(create);
    assert(facts !== undefined);
    const room = new RemoteRoom(create, servers, facts);
    const by = { sender: owner, stateKey: "" };
    await room.control({ ...by, type: "m.guild.owner", content: { user: owner } });
    await room.join(owner);
    await room.control({ ...by, type: "m.guild.roles", content: { everyone, roles } });
    await room.control({ ...by, type: "m.room.join_rules", content: { rule: "public" } });
    await room.control({
      ...by,
      type: "m.channel.policy",
      stateKey: room.channel,
      content: { kind: "text", closed: false, entries: [] },
    });
    for (const member of members) await room.join(member);
    return room;
  }

  get roomId(): RoomId {
    return this.create.roomId;
  }

  stateAfter(ids: readonly EventId[]): StateMap {
    const states = ids.map((id) => {
      const state = this.states.get(id);
      assert(state !== undefined, `no state after ${id}`);
      return state;
    });
    const resolution = resolve(states, { graph: this.graph, fullSetMax: Infinity });
    assert(resolution.kind === "resolved");
    return resolution.state;
  }

  authority(ids: readonly EventId[] = this.heads): Authority {
    return new Authority(this.stateAfter(ids), this.facts);
  }

  #serverOf(user: UserId): TestServer {
    const server = this.#servers.get(serverOf(user));
    assert(server !== undefined, `no key of ${serverOf(user)}`);
    return server;
  }

  /** Built and signed, in no graph. */
  async draft(wish: ControlWish): Promise<ControlEvent> {
    const prev = wish.prev ?? this.heads;
    const content = wish.content ?? {};
    const shape = {
      type: wish.type,
      sender: wish.sender,
      content,
      ...(wish.stateKey === undefined ? {} : { state_key: wish.stateKey }),
    };
    return await buildControlEvent({
      type: wish.type,
      sender: wish.sender,
      roomId: this.roomId,
      originTs: wish.ts ?? ++this.ts,
      content,
      prevEvents: prev,
      authEvents: wish.auth ?? selectAuthEvents(shape, this.stateAfter(prev)),
      ...(wish.stateKey === undefined ? {} : { stateKey: wish.stateKey }),
    }, { signer: this.#serverOf(wish.sender).signer, rng: this.#rng });
  }

  /** Built, signed and put at its place in the graph. */
  async control(wish: ControlWish): Promise<ControlEvent> {
    const event = await this.draft(wish);
    this.put(event);
    return event;
  }

  put(event: ControlEvent): void {
    const before = this.stateAfter(event.pdu.prev_events);
    this.events.set(event.id, event);
    this.states.set(event.id, event.pdu.state_key === undefined ? before : before.with(event));
    const parents = new Set(event.pdu.prev_events);
    this.heads = [...this.heads.filter((id) => !parents.has(id)), event.id];
  }

  /** Whether the rules allow it on the state before it. */
  allows(event: ControlEvent): boolean {
    return authorise(event.pdu, this.authority(event.pdu.prev_events)).ok;
  }

  join(user: UserId, rest: Partial<ControlWish> = {}): Promise<ControlEvent> {
    return this.member(user, user, { membership: "join" }, rest);
  }

  member(
    sender: UserId,
    target: UserId,
    content: JsonObject,
    rest: Partial<ControlWish> = {},
  ): Promise<ControlEvent> {
    return this.control({ type: "m.room.member", sender, stateKey: target, content, ...rest });
  }

  async message(wish: MessageWish): Promise<TimelineEvent> {
    const event = await buildTimelineEvent({
      type: wish.type ?? "m.room.message",
      sender: wish.sender,
      roomId: this.roomId,
      channelId: wish.channelId ?? this.channel,
      originTs: wish.ts ?? ++this.ts,
      content: wish.content ?? { msgtype: "text", body: wish.body ?? "hello" },
      prevEvents: wish.prev ?? this.ends.slice(0, 20),
      stateRefs: wish.refs ?? this.heads.slice(0, 10),
    }, { signer: this.#serverOf(wish.sender).signer, rng: this.#rng });
    this.timeline.push(event);
    const parents = new Set(event.pdu.prev_events);
    this.ends = [...this.ends.filter((id) => !parents.has(id)), event.id];
    return event;
  }

  /** Every control event, parents first. */
  get pdus(): JsonValue[] {
    return [...this.events.values()].map(pduOf);
  }
}

/** An event as a server sends it. */
export function pduOf(event: HeldEvent): JsonValue {
  return JSON.parse(JSON.stringify(event.pdu)) as JsonValue;
}

export function person(name: string, server: TestServer): UserId {
  return userId(`@${name}:${server.name}`);
}
