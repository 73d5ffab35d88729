import { authorise } from "../../core/auth/authorise.ts";
import { checkCited, type Cited } from "../../core/auth/check_cited.ts";
import { judgeCurrent } from "../../core/auth/judge_current.ts";
import { checkAuthEvents, selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
  type TimelineEvent,
} from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { requiredSigners } from "../../core/event/required_signers.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { type RoomFacts, roomFacts } from "../../core/rules/room_facts.ts";
import { AuthGraph } from "../../core/state/auth_graph.ts";
import { resolve } from "../../core/state/resolve.ts";
import { StateMap } from "../../core/state/state_map.ts";
import { defineHandler } from "../../federation/ports.ts";
import type { TestServer } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import type { Intent } from "./deeds.ts";
import { type Network, stationOf } from "./network.ts";
import type { Holdings, Kept, Outcome, SimServer } from "./sim_server.ts";
import { type Skew, VirtualClock } from "./virtual_clock.ts";
import type { World } from "./world.ts";

const GOSSIP_MS = 400;

/** Rules that a planted fault replaces. */
export interface NaiveRules {
  readonly resolve: typeof resolve;
  /** False: an event that is sent is forgotten by its sender with this chance of one in so many. */
  readonly forgetsOneIn: number;
  /** True: everybody gets everything. */
  readonly leaks: boolean;
}

export const SOUND: NaiveRules = { resolve, forgetsOneIn: 0, leaks: false };

/**
 * A server in its simplest form: everything in memory, each event of its own pushed to everybody
 * until acknowledged. It is no model of the engine: it shows that the simulator finds faults.
 */
export class NaiveServer implements SimServer {
  readonly name: ServerName;
  readonly skew: Skew = { offsetMs: 0 };
  readonly #world: World;
  readonly #network: Network;
  readonly #self: TestServer;
  readonly #peers: readonly TestServer[];
  readonly #rules: NaiveRules;
  readonly #rng;
  readonly #kept = new Map<EventId, Kept>();
  readonly #states = new Map<EventId, StateMap>();
  readonly #control = new Map<EventId, ControlEvent>();
  readonly #unsent = new Map<ServerName, Set<EventId>>();
  #waiting: HeldEvent[] = [];
  #facts: RoomFacts | undefined;
  #graph: AuthGraph | undefined;
  #clock: VirtualClock | undefined;

  constructor(options: {
    readonly world: World;
    readonly network: Network;
    readonly self: TestServer;
    readonly peers: readonly TestServer[];
    readonly rules: NaiveRules;
    readonly seed: number;
  }) {
    this.#world = options.world;
    this.#network = options.network;
    this.#self = options.self;
    this.#peers = options.peers.filter(({ name }) => name !== options.self.name);
    this.#rules = options.rules;
    this.#rng = seededRng(options.seed);
    this.name = options.self.name;
    for (const { name } of this.#peers) this.#unsent.set(name, new Set());
  }

  get up(): boolean {
    return this.#clock !== undefined;
  }

  found(events: readonly ControlEvent[]): void {
    for (const event of events) this.#keep(event, "accepted", undefined);
  }

  start(): void {
    const clock = new VirtualClock(this.#world, this.skew);
    this.#clock = clock;
    const alive = () => this.#clock === clock;
    const handler = defineHandler({
      operation: sendTransaction,
      answer: async (_asked, { pdus }) => {
        for (const pdu of pdus) await this.#receive(pdu);
        return { results: [], received: [] };
      },
    });
    this.#network.attach(
      this.name,
      stationOf([handler], { alive, fault: (error) => this.#world.faults.push(error) }),
    );
    const transport = this.#network.transport(this.name, alive);
    for (const { name } of this.#peers) {
      this.#world.watch((async () => {
        while (alive()) {
          await clock.sleep(GOSSIP_MS);
          const unsent = this.#unsent.get(name) as Set<EventId>;
          const ids = [...unsent].slice(0, 50);
          if (ids.length === 0) continue;
          const events = ids.map((id) => (this.#kept.get(id) as Kept).event);
          const pdus = events.filter((event) => this.#mayGo(event, name)).map(({ pdu }) =>
            pdu as unknown as JsonValue
          );
          const txn = `${this.#rng.below(1e9)}`;
          const origin = this.name;
          await transport.call(name, sendTransaction, { txn_id: txn, origin, pdus, edus: [] })
            .then(() => ids.forEach((id) => unsent.delete(id)), () => undefined);
        }
      })());
    }
  }

  kill(): void {
    this.#clock?.end();
    this.#clock = undefined;
    this.#waiting = [];
    this.#network.detach(this.name);
  }

  async act(intent: Intent): Promise<HeldEvent | undefined> {
    const clock = this.#clock;
    if (clock === undefined) return undefined;
    const holdings = this.holdings();
    const { authority, state } = holdings;
    const heads = holdings.heads.slice(0, 10);
    const { type, sender, content } = intent;
    const base = { type, sender, content, origin_ts: clock.now() };
    const judged = "channelId" in intent
      ? { ...base, channel_id: intent.channelId }
      : { ...base, prev_events: heads, ...stateKeyOf(intent.stateKey) };
    if (!authorise(judged as never, authority).ok) return undefined;
    const options = { signer: this.#self.signer, rng: this.#rng };
    const draft = { type, sender, content, originTs: clock.now(), roomId: authority.room.roomId };
    const event = "channelId" in intent
      ? await buildTimelineEvent({
        ...draft,
        channelId: intent.channelId,
        stateRefs: heads,
        prevEvents: this.#channelHeads(intent.channelId).slice(0, 20),
      }, options)
      : await buildControlEvent({
        ...draft,
        ...(intent.stateKey === undefined ? {} : { stateKey: intent.stateKey }),
        prevEvents: heads,
        authEvents: selectAuthEvents({ ...base, ...stateKeyOf(intent.stateKey) }, state),
      }, options);
    // The other server's signature is not to be had here.
    if (requiredSigners(event.pdu).length > 1) return undefined;
    this.#keep(event, "accepted", state);
    const forgets = this.#rules.forgetsOneIn;
    if (forgets === 0 || this.#rng.below(forgets) !== 0) {
      for (const unsent of this.#unsent.values()) unsent.add(event.id);
    }
    return event;
  }

  holdings(): Holdings {
    const heads = this.#heads();
    const state = this.#stateOf(heads);
    const authority = new Authority(state, this.#facts as RoomFacts);
    return {
      authority,
      state,
      heads,
      kept: this.#kept,
      timeline: (channelId) => this.#timeline(channelId).map(({ event }) => event as TimelineEvent),
      waiting: this.#waiting.length,
    };
  }

  #timeline(channelId: ChannelId): Kept[] {
    return [...this.#kept.values()].filter(({ event, outcome }) =>
      outcome === "accepted" && isTimelineEvent(event) && event.pdu.channel_id === channelId
    ).sort((a, b) =>
      ((a.order ?? 0) - (b.order ?? 0)) || (a.event.hash.toHex() < b.event.hash.toHex() ? -1 : 1)
    );
  }

  async #receive(pdu: JsonValue): Promise<void> {
    const parsed = parsePduValue(pdu, {
      ...(this.#facts === undefined ? {} : { roomId: this.#facts.roomId }),
    });
    if (parsed.kind === "drop" || this.#kept.has(parsed.event.id)) return;
    this.#waiting.push(parsed.event);
    await Promise.resolve();
    this.#work();
  }

  /** Takes in what waits, as long as anything can be taken in; then looks again at the soft-failed. */
  #work(): void {
    for (let going = true; going;) {
      going = false;
      for (const event of [...this.#waiting]) {
        if (this.#judge(event) === "wait") continue;
        this.#waiting = this.#waiting.filter(({ id }) => id !== event.id);
        going = true;
      }
    }
    for (const kept of this.#kept.values()) {
      if (kept.outcome !== "soft_failed" || !isTimelineEvent(kept.event)) continue;
      const before = this.#stateOf(kept.event.pdu.state_refs);
      if (this.#passesNow(kept.event, before)) this.#keep(kept.event, "accepted", before);
    }
  }

  #judge(event: HeldEvent): "wait" | "done" {
    if (this.#kept.has(event.id)) return "done";
    const verdict = checkCited(event, (id): Cited => {
      const kept = this.#kept.get(id);
      if (kept === undefined) return { kind: "unknown" };
      return kept.outcome === "rejected"
        ? { kind: "rejected" }
        : { kind: "held", event: kept.event };
    });
    if (verdict.kind === "wait") return "wait";
    if (verdict.kind === "reject") {
      this.#keep(event, "rejected", undefined);
      return "done";
    }
    const before = this.#stateOf(
      isTimelineEvent(event) ? event.pdu.state_refs : event.pdu.prev_events,
    );
    const authority = new Authority(before, this.#facts as RoomFacts);
    const exact = !isControlEvent(event) || checkAuthEvents(event.pdu, before).ok;
    const ok = exact && authorise(event.pdu, authority).ok;
    const outcome = !ok ? "rejected" : this.#passesNow(event, before) ? "accepted" : "soft_failed";
    this.#keep(event, outcome, before);
    return "done";
  }

  #passesNow(event: HeldEvent, stateBefore: StateMap): boolean {
    const nowMs = this.#clock?.now() ?? 0;
    return judgeCurrent(event, { current: this.holdings().authority, stateBefore, nowMs }).ok;
  }

  #keep(event: HeldEvent, outcome: Outcome, before: StateMap | undefined): void {
    const order = isTimelineEvent(event)
      ? event.pdu.prev_events.reduce(
        (most, id) => Math.max(most, 1 + (this.#kept.get(id)?.order ?? 0)),
        event.pdu.origin_ts,
      )
      : undefined;
    this.#kept.set(event.id, { event, outcome, order, keptAtMs: this.#world.nowMs });
    if (outcome === "rejected" || !isControlEvent(event)) return;
    this.#facts ??= roomFacts(event);
    this.#graph ??= new AuthGraph(this.#control, this.#facts as RoomFacts);
    this.#control.set(event.id, event);
    const state = before ?? this.#stateOf(event.pdu.prev_events);
    this.#states.set(event.id, event.pdu.state_key === undefined ? state : state.with(event));
  }

  #stateOf(ids: readonly EventId[]): StateMap {
    const states = ids.map((id) => this.#states.get(id) as StateMap);
    if (states.length === 0) return StateMap.EMPTY;
    const resolution = this.#rules.resolve(states, { graph: this.#graph as AuthGraph });
    if (resolution.kind !== "resolved") throw new Error("a history is small");
    return resolution.state;
  }

  #heads(): EventId[] {
    const accepted = [...this.#control.values()].filter(({ id }) =>
      this.#kept.get(id)?.outcome === "accepted"
    );
    const inner = new Set<EventId>();
    const stack = accepted.flatMap(({ pdu }) => pdu.prev_events);
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (inner.has(id)) continue;
      inner.add(id);
      stack.push(...this.#control.get(id)?.pdu.prev_events ?? []);
    }
    return accepted.map(({ id }) => id).filter((id) => !inner.has(id));
  }

  #channelHeads(channelId: ChannelId): EventId[] {
    const events = this.#timeline(channelId).map(({ event }) => event);
    const inner = new Set(events.flatMap(({ pdu }) => pdu.prev_events));
    return events.map(({ id }) => id).filter((id) => !inner.has(id));
  }

  #mayGo(event: HeldEvent, to: ServerName): boolean {
    if (!isTimelineEvent(event) || this.#rules.leaks) return true;
    return this.holdings().authority.viewingServers(event.pdu.channel_id).has(to);
  }
}

function stateKeyOf(stateKey: string | undefined) {
  return stateKey === undefined ? {} : { state_key: stateKey };
}
