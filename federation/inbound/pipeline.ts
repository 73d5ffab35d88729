import type { PduResult } from "../../core/api/federation/send.ts";
import type { Verdict } from "../../core/auth/verdict.ts";
import { assert } from "../../core/assert.ts";
import { type HeldEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import { readReason, reasonOf } from "../../core/event/receipt_reason.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type {
  ExaminedEvents,
  Ingest,
  IngestInput,
  KeyRing,
  ServerPolicy,
  TakingIn,
} from "../ports.ts";
import { accept, reject } from "./accept.ts";
import { authorise } from "./authorise.ts";
import { fetchAuth } from "./fetch_auth.ts";
import { GatheredTurns, joinEnds, type TurnEnd } from "./gathered_turns.ts";
import { HELD_ALREADY, type Incoming, isStored, type Outcome } from "./incoming.ts";
import { isLive, judgePresent } from "./judge_present.ts";
import { complete } from "./complete.ts";
import { parse } from "./parse.ts";
import {
  type InboundMeter,
  type InboundRoom,
  type InboundRooms,
  type Receipts,
  StoreRefusal,
} from "./ports.ts";
import { RoomTurn } from "./room_turn.ts";
import { RejectedBound } from "./rejected_bound.ts";
import { residentsOf } from "./servers_to_ask.ts";
import { SoftFailQuota } from "./soft_fail_quota.ts";
import { standsOn, stateBefore } from "./state_before.ts";
import { verify, type VerifyHints } from "./verify.ts";
import type { Waiting } from "./waiting.ts";

/** Characters of a reason that the other server is told. */
const REASON_CHARS = 500;
/** Waiting events that one call lets through because what they waited for has come. */
const FREED_MAX = 5000;

export interface PipelineDeps {
  readonly rooms: InboundRooms;
  readonly keys: KeyRing;
  readonly verifier: SignatureVerifier;
  readonly policy: ServerPolicy;
  readonly waiting: Waiting;
  /** Conflicts that are too large to be resolved at once. */
  readonly resolveLater: { want(roomId: RoomId, ids: readonly EventId[]): void };
  /** Events that are held without their content. */
  readonly refill: { want(event: HeldEvent): void };
  /** The present state of a room has changed: what soft-failed may pass now. */
  readonly lookAgain: { wake(roomId: RoomId): void };
  readonly receipts: Receipts;
  readonly meter: InboundMeter;
  readonly clock: Clock;
  readonly log: Log;
  readonly blake3?: Blake3;
}

/** An outcome while the turn lasts; what waits is kept at its end. */
type TurnOutcome = Outcome & { readonly missing?: readonly EventId[] };

/** An event whose signing keys are not held. */
interface Keyless {
  /** Its place among the results. */
  readonly at: number;
  readonly incoming: Omit<Incoming, "signedBy">;
  readonly keys: readonly KeyName[];
}

/** Events that came together, shape and signatures judged. */
interface Examined {
  readonly byRoom: Map<RoomId, { readonly at: number; readonly incoming: Incoming }[]>;
  readonly keyless: readonly Keyless[];
  /** By their place; those that are dropped already are there. */
  readonly results: PduResult[];
}

/** What the stages say of one event. */
type Decision =
  | { readonly kind: "accept"; readonly before: Authority }
  | { readonly kind: "soft_fail"; readonly before: Authority; readonly verdict: Verdict }
  | { readonly kind: "reject"; readonly reason: string }
  | { readonly kind: "wait"; readonly missing: readonly EventId[]; readonly reason: string }
  | { readonly kind: "drop"; readonly reason: string };

/**
 * The one way in for events of other servers, whatever door they come by. Each passes the same
 * stages, a file each: parse, verify, fetch_auth, state_before, authorise, judge_present, accept.
 * PROTOCOL.md 7.
 */
export class Pipeline implements Ingest {
  readonly #deps: PipelineDeps;
  readonly #softFails: SoftFailQuota;
  readonly #rejected: RejectedBound;
  readonly #turns = new GatheredTurns((room, list) => this.#turn(room, list));

  constructor(deps: PipelineDeps) {
    this.#deps = deps;
    this.#softFails = new SoftFailQuota(deps.clock);
    this.#rejected = new RejectedBound(deps.log);
  }

  async ingest(input: IngestInput): Promise<readonly PduResult[]> {
    const examined = await this.examine(input);
    return await examined.takeIn().ended;
  }

  async examine(input: IngestInput): Promise<ExaminedEvents> {
    const results: PduResult[] = [];
    const shaped: { readonly at: number; readonly incoming: Omit<Incoming, "signedBy"> }[] = [];
    for (const [at, pdu] of input.pdus.entries()) {
      const parsed = parse(pdu, this.#parseOptions(input));
      if (parsed.kind === "drop") results[at] = this.#dropped(input, parsed.reason);
      else {
        const { door, origin } = input;
        shaped.push({ at, incoming: { event: parsed.event, door, origin } });
      }
    }
    const signatures = await verify(
      this.#deps,
      shaped.map(({ incoming }) => incoming.event),
      { origin: input.origin, proofs: input.keys ?? [], ...this.#residentsFor(input) },
    );
    const keyless: Keyless[] = [];
    const byRoom: Examined["byRoom"] = new Map();
    for (const [index, { at, incoming }] of shaped.entries()) {
      const signature = signatures[index];
      assert(signature !== undefined, "every event is verified");
      if (signature.kind === "valid") {
        const { roomId } = incoming.event;
        const list = byRoom.get(roomId) ?? [];
        list.push({ at, incoming: { ...incoming, signedBy: signature.by } });
        byRoom.set(roomId, list);
      } else if (signature.kind === "drop") {
        results[at] = this.#dropped(
          { ...input, event: incoming.event },
          reasonOf("signature", signature.message),
        );
      } else keyless.push({ at, incoming, keys: signature.keys });
    }
    return { takeIn: () => this.#takeInAll({ byRoom, keyless, results }) };
  }

  /** History of a room comes from whom it was asked of; a live event waits for its keys instead. */
  #residentsFor({ door, origin, roomId }: IngestInput): Pick<VerifyHints, "residents"> {
    if (roomId === undefined || (door !== "backfill" && door !== "join")) return {};
    return {
      residents: async () => ({
        servers: await residentsOf(this.#deps.rooms, { roomId, first: origin }),
        // Of a channel a server may hold the part alone that its people have read.
        holdAll: false,
      }),
    };
  }

  #takeInAll(examined: Examined): TakingIn {
    const entered = Promise.withResolvers<void>();
    const ended = this.#takeInRooms(examined, entered.resolve).finally(entered.resolve);
    return { entered: entered.promise, ended };
  }

  async #takeInRooms(
    { byRoom, keyless, results }: Examined,
    entered: () => void,
  ): Promise<readonly PduResult[]> {
    await this.#waitForKeys(keyless, results);
    const opened = await Promise.all([...byRoom].map(async ([roomId, list]) => {
      const events = list.map(({ incoming }) => incoming);
      return { roomId, list, events, room: await this.#openRoom(roomId, events) };
    }));
    const taking = opened.map(async ({ roomId, list, events, room }) => {
      const outcomes = await this.#takeIn(roomId, room, events);
      for (const [index, { at, incoming: { event } }] of list.entries()) {
        const outcome = outcomes[index];
        assert(outcome !== undefined, "every event has its outcome");
        results[at] = { event_id: event.id, ...outcome };
      }
    });
    entered();
    await Promise.all(taking);
    return results.map(tellable);
  }

  #parseOptions({ roomId }: IngestInput) {
    const { blake3 } = this.#deps;
    return {
      ...(roomId === undefined ? {} : { roomId }),
      ...(blake3 === undefined ? {} : { blake3 }),
    };
  }

  /**
   * Events of one room, in the order in which they came, and then those that waited for them.
   * They have their place in the room's turns when this returns its promise.
   */
  async #takeIn(
    roomId: RoomId,
    room: InboundRoom | undefined,
    list: readonly Incoming[],
  ): Promise<readonly Outcome[]> {
    if (room !== undefined) {
      const { outcomes, awaited } = await this.#turns.add(room, list);
      await this.#letThrough(room, awaited);
      return outcomes;
    }
    if (await this.#deps.rooms.isBeingChecked?.(roomId) === true) {
      return await this.#keepForCheck(list);
    }
    return list.map((incoming) =>
      this.#drop(incoming, reasonOf("no_room", "this server does not hold the room"))
    );
  }

  /** A room that is joined is held from its create event on. */
  async #openRoom(
    roomId: RoomId,
    list: readonly Incoming[],
  ): Promise<InboundRoom | undefined> {
    const { rooms } = this.#deps;
    const room = await rooms.open(roomId);
    const [first] = list;
    if (room !== undefined || first?.door !== "join" || !isControlEvent(first.event)) return room;
    return first.event.pdu.type === "m.room.create" ? await rooms.begin(first.event) : undefined;
  }

  /** Events that cited what has come are judged now, and those that cite them in turn. */
  async #letThrough(room: InboundRoom, ids: readonly EventId[]): Promise<void> {
    const { waiting } = this.#deps;
    let come = ids;
    for (let freed = 0; come.length > 0 && freed < FREED_MAX;) {
      const next = await waiting.freedBy(room.id, come);
      freed += next.length;
      // What waits on for something else frees nobody.
      come = (await this.#turns.add(room, next)).awaited;
    }
  }

  /** Judges events one after another, alone in the room, and stores what follows in one piece. */
  async #turn(room: InboundRoom, list: readonly Incoming[]): Promise<TurnEnd> {
    try {
      return await this.#turnOnce(room, list);
    } catch (error) {
      if (!(error instanceof StoreRefusal)) throw error;
      if (list.length === 1) return this.#noneStorable(list, error);
    }
    // One of them cannot be stored: halved until it is alone, so that the others are.
    const half = Math.ceil(list.length / 2);
    return joinEnds([
      await this.#turn(room, list.slice(0, half)),
      await this.#turn(room, list.slice(half)),
    ]);
  }

  async #turnOnce(room: InboundRoom, list: readonly Incoming[]): Promise<TurnEnd> {
    const turn = new RoomTurn(room);
    await turn.prepare(list.map(({ event }) => event));
    const judged: TurnOutcome[] = [];
    for (const incoming of list) judged.push(await this.#receive(turn, incoming));
    if (!turn.isEmpty) await room.store(turn.result);
    const outcomes = await this.#keepWaiting(list, judged);
    const settled: EventId[] = [];
    for (const [at, incoming] of list.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) continue;
      if (isStored(outcome)) settled.push(incoming.event.id);
      if (outcome.reason !== HELD_ALREADY) this.#note(incoming, outcome);
    }
    const othersWait = await this.#deps.waiting.done(room.id, settled);
    await this.#rejected.hold(room, turn.newEvents);
    this.#follow(turn);
    return { outcomes, awaited: othersWait ? settled : [] };
  }

  /** Before the turn ends: what they wait for may come with the next one. */
  async #keepWaiting(
    list: readonly Incoming[],
    judged: readonly TurnOutcome[],
  ): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = judged.map(({ outcome, reason }) =>
      reason === undefined ? { outcome } : { outcome, reason }
    );
    const waiting = judged.flatMap(({ outcome, reason = "", missing }, at) => {
      const incoming = list[at];
      return outcome === "waiting" && incoming !== undefined && missing !== undefined
        ? [{ at, incoming, missing, reason }]
        : [];
    });
    // The bounds are each server's own.
    for (const origin of new Set(waiting.map(({ incoming }) => incoming.origin))) {
      const own = waiting.filter(({ incoming }) => incoming.origin === origin);
      const kept = await this.#deps.waiting.keep(own);
      for (const [index, { at, reason }] of own.entries()) {
        outcomes[at] = waitOutcome(reason, kept[index]);
      }
    }
    return outcomes;
  }

  /** What a stored turn calls for elsewhere. */
  #follow(turn: RoomTurn): void {
    const { lookAgain, refill, resolveLater } = this.#deps;
    const { room } = turn;
    if (turn.end.pending !== undefined) resolveLater.want(room.id, turn.end.pending);
    if (turn.endMoved || turn.resigned) lookAgain.wake(room.id);
    for (const { event, redactedBy, outcome } of turn.newEvents) {
      const lacks = event.withheld && redactedBy === undefined;
      if (lacks && outcome !== "rejected") refill.want(event);
    }
  }

  /** One event, from the look at what it cites to its end. */
  async #receive(turn: RoomTurn, incoming: Incoming): Promise<TurnOutcome> {
    const held = turn.known(incoming.event.id);
    if (held !== undefined) {
      complete(turn, held, incoming);
      return { outcome: held.outcome, reason: HELD_ALREADY };
    }
    const nowMs = this.#deps.clock.now();
    try {
      const decision = await this.#judge(turn, incoming);
      switch (decision.kind) {
        case "accept":
          await accept(turn, incoming, { before: decision.before, nowMs });
          return { outcome: "accepted" };
        case "soft_fail": {
          const { before, verdict } = decision;
          assert(!verdict.ok, "what soft-fails was refused");
          if (!await this.#softFails.take(turn.room, incoming.event, incoming.door)) {
            const reason = reasonOf(
              "quota",
              `${verdict.reason}, and too many of its server's have soft-failed here`,
            );
            return { outcome: "dropped", reason };
          }
          await accept(turn, incoming, { before, refusal: verdict, nowMs });
          return { outcome: "soft_failed", reason: reasonOf(verdict.rule, verdict.reason) };
        }
        case "reject":
          reject(turn, incoming, { reason: decision.reason, nowMs });
          return { outcome: "rejected", reason: decision.reason };
        case "wait":
          return { outcome: "waiting", reason: decision.reason, missing: decision.missing };
        case "drop":
          return { outcome: "dropped", reason: decision.reason };
      }
    } catch (error) {
      // A fault of ours keeps nobody else's events out and loses none: it is tried again later.
      turn.room.graph.forget(incoming.event.id);
      this.#deps.log.log("error", "An event of another server could not be judged.", {
        event: incoming.event.id,
        error,
      });
      return {
        outcome: "waiting",
        reason: reasonOf("fault", "the server failed to judge it"),
        missing: [],
      };
    }
  }

  /** Steps 4 to 6, in their order. */
  async #judge(turn: RoomTurn, incoming: Incoming): Promise<Decision> {
    const { event, door, signedBy } = incoming;
    if (door === "backfill" && isTimelineEvent(event) && !isNamed(turn, incoming)) {
      return {
        kind: "drop",
        reason: reasonOf("unnamed", "no accepted event of the channel names it"),
      };
    }
    const cited = await fetchAuth(turn, event);
    if (cited.kind === "reject") {
      return { kind: "reject", reason: reasonOf("cited", cited.reason) };
    }
    if (cited.kind === "wait") {
      return {
        ...cited,
        reason: reasonOf("cites", `cites ${cited.missing.length} events that are not held`),
      };
    }
    const before = await stateBefore(turn, event);
    if (before === undefined) {
      this.#deps.resolveLater.want(event.roomId, standsOn(event));
      return {
        kind: "wait",
        missing: [],
        reason: reasonOf("resolving", "the state before it is being resolved"),
      };
    }
    const verdict = authorise(event, before);
    if (!verdict.ok) {
      return { kind: "reject", reason: reasonOf(verdict.rule, verdict.reason) };
    }
    if (!isLive(door, event)) return { kind: "accept", before };
    const present = await judgePresent(this.#deps, turn, { event, before, signedBy });
    return present.ok
      ? { kind: "accept", before }
      : { kind: "soft_fail", before, verdict: present };
  }

  /** Those whose keys are not held yet. */
  async #waitForKeys(list: readonly Keyless[], results: PduResult[]): Promise<void> {
    const kept = await this.#deps.waiting.keep(list);
    await this.#forgetHeld(list);
    for (const [index, { at, incoming, keys }] of list.entries()) {
      const names = keys.map(({ server, keyId }) => `${keyId} of ${server}`).join(", ");
      const outcome = waitOutcome(
        reasonOf("key", `the key ${names} is not held`),
        kept[index],
      );
      this.#note(incoming, outcome);
      results[at] = { event_id: incoming.event.id, ...outcome };
    }
  }

  /**
   * A good copy may be judged before, or while, one with another's signature is kept outside the
   * room's turn. Looked at after it was kept: a turn that stores the event later takes it away.
   */
  async #forgetHeld(list: readonly Keyless[]): Promise<void> {
    const { rooms, waiting } = this.#deps;
    const events = list.map(({ incoming }) => incoming.event);
    for (const roomId of new Set(events.map((event) => event.roomId))) {
      const ids = events.filter((event) => event.roomId === roomId).map(({ id }) => id);
      const held = await (await rooms.open(roomId))?.find(ids) ?? [];
      await waiting.done(roomId, held.map(({ event }) => event.id));
    }
  }

  /** For a room that is being checked: judged once it is. */
  async #keepForCheck(list: readonly Incoming[]): Promise<readonly Outcome[]> {
    const kept = await this.#deps.waiting.keep(list.map((incoming) => ({ incoming })));
    return list.map((incoming, at) => {
      const outcome = waitOutcome(
        reasonOf("being_checked", "the room is being checked after a join"),
        kept[at],
      );
      this.#note(incoming, outcome);
      return outcome;
    });
  }

  #noneStorable(list: readonly Incoming[], error: StoreRefusal): TurnEnd {
    return { outcomes: list.map((incoming) => this.#unstorable(incoming, error)), awaited: [] };
  }

  #unstorable(incoming: Incoming, error: StoreRefusal): Outcome {
    this.#deps.log.log("warn", "An event of another server cannot be stored.", {
      event: incoming.event.id,
      error,
    });
    return this.#drop(
      incoming,
      reasonOf("unstorable", `it cannot be stored: ${error.message}`),
    );
  }

  #drop(incoming: Incoming, reason: string): Outcome {
    const outcome: Outcome = { outcome: "dropped", reason };
    this.#note(incoming, outcome);
    return outcome;
  }

  #dropped(
    { door, origin, event }:
      & Pick<IngestInput, "door" | "origin">
      & Partial<Pick<Incoming, "event">>,
    reason: string,
  ): PduResult {
    const { meter, receipts } = this.#deps;
    meter.received(door, "dropped");
    receipts.note({
      door,
      origin,
      outcome: "dropped",
      reason,
      ...(event === undefined ? {} : describe(event)),
    });
    return {
      outcome: "dropped",
      reason,
      ...(event === undefined ? {} : { event_id: event.id }),
    };
  }

  #note({ event, door, origin }: Omit<Incoming, "signedBy">, { outcome, reason }: Outcome): void {
    const { meter, receipts } = this.#deps;
    meter.received(door, outcome);
    // The reasons of what is stored are stored with it.
    if (outcome !== "waiting" && outcome !== "dropped") return;
    receipts.note({ door, origin, outcome, reason: reason ?? "", ...describe(event) });
  }
}

function waitOutcome(reason: string, kept = false): Outcome {
  return kept ? { outcome: "waiting", reason } : {
    outcome: "dropped",
    reason: reasonOf(
      "crowded",
      `${readReason(reason).sentence}, and too many events wait already`,
    ),
  };
}

/** Reasons quote what came in; what is answered has its bound. */
function tellable(result: PduResult): PduResult {
  const { reason } = result;
  if (reason === undefined || reason.length <= REASON_CHARS) return result;
  return { ...result, reason: reason.slice(0, REASON_CHARS).toWellFormed() };
}

function describe({ id, roomId, pdu }: Incoming["event"]) {
  return { eventId: id, roomId, sender: pdu.sender, type: pdu.type };
}

/** Backfill walks backwards: history counts where an accepted event of the channel names it. */
function isNamed(turn: RoomTurn, { event }: Incoming): boolean {
  return isTimelineEvent(event) &&
    turn.childrenOfMissing(event.id, event.pdu.channel_id)
      .some(({ outcome }) => outcome === "accepted");
}
