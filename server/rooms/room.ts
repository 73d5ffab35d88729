import type { Checking } from "../../core/api/guild.ts";
import { assert } from "../../core/assert.ts";
import { authoriseTimeline } from "../../core/auth/timeline.ts";
import { OperationError } from "../../core/errors.ts";
import { DraftError, hashTimelineDraft, signDraft } from "../../core/event/build.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { ControlEvent, TimelineEvent } from "../../core/event/event.ts";
import type { JsonObject } from "../../core/event/json.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { replacementOf } from "../../core/rules/succession.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { RoomGraph, RoomGraphOptions } from "../../core/state/room_graph.ts";
import type { Signer } from "../keys/signer.ts";
import { AppendError } from "../postgres/append_error.ts";
import { timelineOrder } from "../../core/state/timeline_order.ts";
import type { AppendLog } from "../postgres/append_log.ts";
import type { EventRow, Position, StoredEvent } from "../postgres/event_rows.ts";
import { headMoves } from "../postgres/room_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import type { Sql } from "../postgres/sql.ts";
import { type ChannelMove, type ChannelTip, loadChannelTip } from "./channel_tip.ts";
import {
  type ControlIntent,
  type ControlTip,
  extendControl,
  refused,
  requireOwnServer,
  tipAfter,
} from "./control_tip.ts";
import { heldOf, loadControl, type LoadedControl } from "./load_room.ts";
import { loadLostLeaves } from "./lost_leaves.ts";
import { againstResolved, OwnChanges } from "./own_changes.ts";
import { loadProvisional } from "./provisional.ts";
import { endBeside, MessageStandings, standingOn } from "./many_heads.ts";
import { isPredecessorFailure, storeFault } from "./store_fault.ts";
import { timelineRow } from "./timeline_row.ts";
import { settleCurrentState } from "./settle_current_state.ts";

/** Sends of one room under way at once; more are told to come back. */
export const ROOM_SENDS_MAX = 4096;

export interface RoomDeps {
  /** Whose users' events are made here. */
  readonly serverName: ServerName;
  readonly sql: Sql;
  readonly log: AppendLog;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly blake3: Blake3;
  /** How states are resolved. */
  readonly graph?: RoomGraphOptions;
}

/** How often a send is built anew after an earlier one of its room failed. */
const SEND_ATTEMPTS_MAX = 4;

/** How often a state is read anew because the graph moved on meanwhile, and the pause between. */
const RELOAD_ATTEMPTS_MAX = 40;
const RELOAD_PAUSE_MS = 5;
/** When a write to a room that is being checked is worth another try. */
const CHECKING_RETRY_MS = 2000;
/** Resolutions that readers of the log have still to ask for. */
const RESOLUTIONS_NOTED_MAX = 1000;

/** A timeline event that somebody wants. */
export interface TimelineIntent {
  readonly type: string;
  readonly sender: UserId;
  readonly channelId: ChannelId;
  readonly content: JsonObject;
}

/** Where a message is about to stand: known before it is stored. */
export interface Placed {
  readonly eventId: EventId;
  readonly order: number;
  readonly originTs: number;
}

/** What is stored together with an event or not at all. */
export interface Along {
  readonly rows?: readonly TaggedRow[];
  /** Stored events that change with it: what a redaction takes away. */
  readonly updates?: readonly EventRow[];
}

export interface SentTimeline extends Position {
  readonly event: TimelineEvent;
  readonly order: number;
}

/**
 * A room as this process holds it: the committed state of its control graph and the ends of
 * its channels. Control events are decided one after another; messages are chained in memory
 * and committed in groups, so that a busy channel waits for no round trip.
 */
export class Room {
  readonly id: RoomId;
  readonly graph: RoomGraph;
  readonly #deps: RoomDeps;
  #tip: ControlTip;
  readonly #standings = new MessageStandings();
  #controlQueue: Promise<unknown> = Promise.resolve();
  readonly #channels = new Map<ChannelId, Promise<ChannelTip>>();
  /** Keeps appends in the order in which the events were chained. */
  #sendTail: Promise<unknown> = Promise.resolve();
  /** Ends when the last append of a message has: the log keeps them in order. */
  #lastStored: Promise<unknown> = Promise.resolve();
  /** Ends when the control events that are being stored stand in the tip. */
  #appending: Promise<unknown> = Promise.resolve();
  readonly #own = new OwnChanges();
  /** Events after which more had changed than they say. */
  readonly #resolutions = new Set<EventId>();
  #sending = 0;
  #stale = false;
  #checking: Checking | undefined;

  constructor(deps: RoomDeps, { tip, graph }: LoadedControl, checking?: Checking) {
    this.id = tip.roomId;
    this.graph = graph;
    this.#deps = deps;
    this.#tip = tip;
    this.#checking = checking;
  }

  /** The room as it is stored, or as its helper told of it; undefined where it is not held. */
  static async load(deps: RoomDeps, id: RoomId): Promise<Room | undefined> {
    const provisional = await loadProvisional(deps.sql, id);
    if (provisional !== undefined) return new Room(deps, provisional, provisional.checking);
    const { graph: options } = deps;
    const loaded = await loadControl(deps.sql, id, options === undefined ? {} : { options });
    if (loaded === undefined) return undefined;
    const room = new Room(deps, loaded);
    room.#own.remember(await loadLostLeaves(deps, loaded));
    if (loaded.tip.heads.length > 1) await room.inTurn(() => room.#reload());
    else await room.inTurn(() => room.#sendLostAgain()).catch(() => undefined);
    return room;
  }

  get authority(): Authority {
    return this.#tip.authority;
  }

  /** The end of the control graph as stored; it moves only in turns. */
  get tip(): ControlTip {
    return this.#tip;
  }

  /**
   * How far the check of a joined room has come; undefined for all others. Meanwhile its state is
   * what its helper says: it can be read, and nothing is decided on it. PROTOCOL.md 9.
   */
  get checking(): Checking | undefined {
    return this.#checking;
  }

  set checking(checking: Checking) {
    this.#checking = checking;
  }

  #requireChecked(): void {
    if (this.#checking === undefined) return;
    throw new OperationError(
      "unavailable",
      "This place is still being checked: you can read already, and write in a moment.",
      { details: { retry_after_ms: CHECKING_RETRY_MS } },
    );
  }

  #requireHere(): void {
    if (replacementOf(this.#tip.state) === undefined) return;
    throw new OperationError(
      "forbidden",
      "This guild goes on in a new room: here it can only be read.",
    );
  }

  /** Another process moved the control graph, and the store could not be read since. */
  get stale(): boolean {
    return this.#stale;
  }

  /**
   * Decides on the committed state and stores what was decided, alone at a time: `decide` may
   * read, and sees no change of anybody else before its own is stored.
   */
  changeControl(
    decide: (authority: Authority) => Promise<ControlDecision> | ControlDecision,
  ): Promise<readonly ControlEvent[]> {
    return this.inTurn(() => this.#changeNow(decide));
  }

  /** Runs alone: no other change of the control graph is decided or stored meanwhile. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#controlQueue.then(work);
    this.#controlQueue = turn.catch(() => undefined);
    return turn;
  }

  async #changeNow(
    decide: (authority: Authority) => Promise<ControlDecision> | ControlDecision,
  ): Promise<readonly ControlEvent[]> {
    this.#requireChecked();
    const decision = await decide(this.#tip.authority);
    if (decision.intents.length === 0) return [];
    return await this.#append(decision);
  }

  /**
   * Ends when every control event of this process that readers of the log may have met stands
   * in `authority`: they hear of a commit before its answer has come back here.
   */
  async settled(): Promise<void> {
    await this.#appending.catch(() => undefined);
  }

  #append(decision: ControlDecision): Promise<readonly ControlEvent[]> {
    const appending = this.#appendNow(decision);
    this.#appending = appending;
    return appending;
  }

  async #appendNow(decision: ControlDecision): Promise<readonly ControlEvent[]> {
    const { clock, rng, blake3, signer, log } = this.#deps;
    const nowMs = clock.now();
    const { base, rest } = await standingOn(this.#tip, this.graph);
    const chain = await extendControl(base, decision.intents, {
      nowMs,
      rng,
      blake3,
      signer: await signer.current(nowMs),
    });
    for (const { event, after } of chain.built) this.graph.note(event, after);
    try {
      const { tip, rows } = rest.length === 0
        ? { tip: chain.tip, rows: [] }
        : await endBeside(rest, { chain, former: this.#tip, graph: this.graph });
      await log.append({
        roomId: this.id,
        events: chain.events,
        updates: decision.updates ?? [],
        rows: [...chain.rows, ...rows, ...(decision.rows ?? [])],
      });
      this.#tip = tip;
    } catch (error) {
      for (const { event } of chain.built) this.graph.forget(event.id);
      throw storeFault(error);
    }
    this.#own.remember(chain.built);
    return chain.built.map(({ event }) => event);
  }

  /**
   * Joins the ends of the control graph by a merge in the name of a member of this server. False
   * where there is one end, or nobody who could send it.
   */
  joinHeads(): Promise<boolean> {
    return this.inTurn(async () => {
      const { heads, authority } = this.#tip;
      if (this.#checking !== undefined || heads.length < 2) return false;
      const sender = [...authority.joinedUsers()].find((user) =>
        serverOf(user) === this.#deps.serverName
      );
      if (sender === undefined) return false;
      await this.#append({ intents: [{ type: "m.merge", sender, content: {} }] });
      return true;
    });
  }

  /** Stores changes of events that are held, and rows beside them, without a new event. */
  async changeStored(along: Along): Promise<void> {
    await this.#deps.log.append({ roomId: this.id, ...along }).catch((error) => {
      throw storeFault(error);
    });
  }

  /**
   * Stores what other servers' events have led to, in a turn: events of any outcome, where they
   * moved the ends of the graphs, and what changed about others. @throws AppendError
   */
  async storeReceived(received: Received): Promise<void> {
    // A channel that is being read is read to its end first: it may have been read before this.
    const tips = await Promise.all(
      received.channels.map((move) => this.#channels.get(move.channelId)?.catch(() => undefined)),
    );
    for (const [at, move] of received.channels.entries()) tips[at]?.receive(move);
    const storing = this.#deps.log.append({
      roomId: this.id,
      events: received.events,
      updates: received.updates ?? [],
      rows: received.rows ?? [],
    });
    this.#lastStored = Promise.all([this.#lastStored, storing]).catch(() => undefined);
    const settled = storing.then(() => {
      if (received.tip !== undefined) this.#tip = received.tip;
      if (received.resolvedBy !== undefined) this.#noteResolution(received.resolvedBy);
    });
    this.#appending = settled;
    try {
      await settled;
    } catch (error) {
      this.graph.unload();
      for (const tip of tips) tip?.spoil();
      for (const tip of tips) if (tip !== undefined) await this.#forget(tip);
      throw error;
    }
    // What came is stored; a change of ours that cannot be sent again now is at the next chance.
    if (received.forked) {
      await this.#sendLostAgain().catch(() => undefined);
    }
  }

  #noteResolution(id: EventId): void {
    this.#resolutions.add(id);
    if (this.#resolutions.size <= RESOLUTIONS_NOTED_MAX) return;
    for (const oldest of this.#resolutions) {
      this.#resolutions.delete(oldest);
      return;
    }
  }

  /** Whether more may have changed with this event than it says: a fork was resolved. Asked once. */
  takeResolution(id: EventId): boolean {
    return this.#resolutions.delete(id);
  }

  /** Throws OperationError `forbidden`, `invalid` or `unavailable`. Resolves once stored. */
  async sendTimeline(
    intent: TimelineIntent,
    along: (placed: Placed) => Along = () => ({}),
  ): Promise<SentTimeline> {
    this.#requireChecked();
    this.#requireHere();
    if (this.#sending >= ROOM_SENDS_MAX) {
      throw new OperationError(
        "unavailable",
        "This channel is very busy right now. Your message was not sent; try again in a moment.",
        { details: { retry_after_ms: 1000 } },
      );
    }
    this.#sending++;
    try {
      for (let attempt = 1;; attempt++) {
        try {
          return await this.#send(intent, along);
        } catch (error) {
          // Another's failure took this one down with it: build it again on what is stored.
          if (!isPredecessorFailure(error) || attempt >= SEND_ATTEMPTS_MAX) throw storeFault(error);
        }
      }
    } finally {
      this.#sending--;
    }
  }

  async #send(
    intent: TimelineIntent,
    along: (placed: Placed) => Along,
  ): Promise<SentTimeline> {
    const { clock, signer, rng, blake3 } = this.#deps;
    const key = await signer.current(clock.now());
    const found = this.#standings.of(this.#tip) ??
      await this.#standings.find(this.#tip, this.graph);
    let tip = await this.#channel(intent.channelId);
    while (tip.retired) {
      await this.#forget(tip);
      tip = await this.#channel(intent.channelId);
    }
    // From here to the new heads nothing may wait: the next send builds on this one.
    const originTs = clock.now();
    const judged = {
      type: intent.type,
      sender: intent.sender,
      origin_ts: originTs,
      content: intent.content,
      channel_id: intent.channelId,
    };
    const verdict = authoriseTimeline(judged, this.#tip.authority);
    if (!verdict.ok) throw refused(verdict);
    requireOwnServer(this.#tip, intent.sender);
    // Where the end moved meanwhile, what was found is still what others judge it on.
    const standing = this.#standings.of(this.#tip) ?? found;
    const there = authoriseTimeline(judged, standing.authority);
    if (!there.ok) throw refused(there);
    const parents = tip.parents(limits.event.maxPrevEvents);
    const draft = hashDraft({
      type: intent.type,
      sender: intent.sender,
      roomId: this.id,
      channelId: intent.channelId,
      originTs,
      content: intent.content,
      prevEvents: parents.ids,
      stateRefs: standing.refs,
    }, { rng, blake3 });
    const order = timelineOrder(originTs, [parents.maxOrder]);
    tip.advance(parents.ids, { id: draft.id, order });
    return await this.#store(tip, {
      order,
      along: along({ eventId: draft.id, order, originTs }),
      parents: parents.ids,
      signed: signDraft(draft, key),
    });
  }

  async #store(tip: ChannelTip, send: {
    readonly order: number;
    readonly along: Along;
    readonly parents: readonly EventId[];
    readonly signed: Promise<TimelineEvent>;
  }): Promise<SentTimeline> {
    const turn = this.#sendTail.then(async () => {
      const event = await send.signed;
      if (tip.spoiled) throw new AppendError("predecessor_failed", "Built on a lost message.");
      const stored = this.#appendTimeline(event, send);
      this.#lastStored = stored.catch(() => undefined);
      // At once, before anything else can be chained behind what was not stored.
      stored.catch(() => tip.spoil());
      return { event, stored };
    });
    this.#sendTail = turn.catch(() => undefined);
    try {
      const { event, stored } = await turn;
      return { event, order: send.order, ...await stored };
    } catch (error) {
      // What was chained behind it names a parent that was never stored: start from the store.
      tip.spoil();
      await this.#forget(tip);
      throw error;
    }
  }

  #appendTimeline(
    event: TimelineEvent,
    send: { readonly order: number; readonly along: Along; readonly parents: readonly EventId[] },
  ): Promise<Position> {
    const row = timelineRow(event, { order: send.order, receivedTs: event.pdu.origin_ts });
    return this.#deps.log.append({
      roomId: this.id,
      events: [row],
      updates: send.along.updates ?? [],
      rows: [
        headMoves.of({
          roomId: this.id,
          channelId: event.pdu.channel_id,
          remove: send.parents,
          add: [event.id],
        }),
        ...(send.along.rows ?? []),
      ],
    });
  }

  #channel(channelId: ChannelId): Promise<ChannelTip> {
    const known = this.#channels.get(channelId);
    if (known !== undefined) return known;
    // What was chained before settles first, so that the store is read after it.
    const loading = this.#sendTail.then(() => this.#lastStored).then(() =>
      loadChannelTip(this.#deps.sql, { roomId: this.id, channelId })
    );
    this.#channels.set(channelId, loading);
    loading.catch(() => this.#channels.delete(channelId));
    return loading;
  }

  async #forget(tip: ChannelTip): Promise<void> {
    const held = this.#channels.get(tip.channelId);
    if (await held?.catch(() => undefined) !== tip) return;
    if (this.#channels.get(tip.channelId) === held) this.#channels.delete(tip.channelId);
  }

  /**
   * Takes in what another process of this homeserver has stored. True where more may have
   * changed than the event says, because the control graph had forked and was resolved.
   */
  async observe(stored: StoredEvent): Promise<boolean> {
    if (this.#checking !== undefined) return false;
    if (stored.outcome !== "accepted") return false;
    if (stored.channelId === undefined) return await this.#observeControl(stored);
    const tip = await this.#channels.get(stored.channelId)?.catch(() => undefined);
    if (tip === undefined || stored.order === undefined) return false;
    const { prev_events: parents } = heldOf(stored).pdu;
    if (!tip.observe(parents, { id: stored.eventId, order: stored.order })) {
      tip.retire();
      await this.#forget(tip);
    }
    return false;
  }

  #observeControl(stored: StoredEvent): Promise<boolean> {
    const event = heldOf(stored) as ControlEvent;
    return this.inTurn(async () => {
      const { heads, state } = this.#tip;
      const { type, state_key: key, prev_events: parents } = event.pdu;
      const held = key === undefined ? undefined : state.get(type, key);
      const known = heads.includes(event.id) || held?.id === event.id;
      // A redaction by another process takes content out of this one's memory too.
      if (held?.id === event.id && event.withheld && !held.withheld) this.graph.unload();
      else if (known && !this.#stale) return false;
      const follows = parents.length === heads.length && parents.every((id) => heads.includes(id));
      if (follows && !this.#stale) {
        this.#tip = tipAfter(this.#tip, event);
        this.graph.note(event, this.#tip.state);
        return false;
      }
      return await this.#reload();
    });
  }

  /** In a turn: what was redacted must not be told from memory. */
  async rereadNow(): Promise<void> {
    this.graph.unload();
    await this.#reload();
  }

  /** Reads the control graph again after a failure to do so. */
  async refresh(): Promise<void> {
    await this.inTurn(async () => this.#stale && await this.#reload());
  }

  /** True where it had forked. Runs in the control queue: no change of our own is under way. */
  async #reload(): Promise<boolean> {
    this.#stale = true;
    const { sql, clock } = this.#deps;
    for (let attempt = 1; attempt <= RELOAD_ATTEMPTS_MAX; attempt++) {
      const loaded = await loadControl(sql, this.id, { known: this.graph });
      assert(loaded !== undefined, "a room that is held stays held");
      const { tip } = loaded;
      const forked = tip.heads.length > 1;
      if (!forked || await settleCurrentState(sql, tip)) {
        this.#tip = tip;
        this.#stale = false;
        await this.#sendLostAgain();
        return forked;
      }
      await clock.sleep(RELOAD_PAUSE_MS * attempt);
    }
    throw new OperationError(
      "unavailable",
      "Too much changes in this place at once. Try again in a moment.",
      { details: { retry_after_ms: 1000 } },
    );
  }

  /** Another process may have joined the fork already: the graph is asked only if it matters. */
  async #sendLostAgain(): Promise<void> {
    if (!this.#own.hasDoubts(this.#tip)) return;
    for (const lost of this.#own.takeLost(await this.graph.events(), this.#tip)) {
      const nowMs = this.#deps.clock.now();
      const intent = againstResolved(lost, { tip: this.#tip, nowMs });
      if (intent === undefined) continue;
      try {
        await this.#append({ intents: [intent] });
      } catch (error) {
        this.#own.remember([lost]);
        throw error;
      }
    }
  }
}

export interface ControlDecision extends Along {
  readonly intents: readonly ControlIntent[];
}

/** What `storeReceived` stores. */
export interface Received extends Along {
  readonly events: readonly EventRow[];
  /** Where the control graph ends from now on; absent where it did not move. */
  readonly tip?: ControlTip;
  /** The event with which a fork was resolved, so that any key may have changed. */
  readonly resolvedBy?: EventId;
  /** There were several heads meanwhile: a change made here may have lost. */
  readonly forked: boolean;
  readonly channels: readonly ChannelMove[];
}

function hashDraft(...input: Parameters<typeof hashTimelineDraft>) {
  try {
    return hashTimelineDraft(...input);
  } catch (error) {
    if (error instanceof DraftError) throw new OperationError("invalid", error.message);
    throw error;
  }
}
