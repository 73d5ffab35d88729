import { assert } from "../../core/assert.ts";
import { type Cited, citedIds } from "../../core/auth/check_cited.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isControlEvent,
  isTimelineEvent,
} from "../../core/event/event.ts";
import { redactEvent } from "../../core/event/redact.ts";
import { editedIdOf, redactedIds } from "../../core/event/redaction_effect.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { keyNameText } from "../ports.ts";
import type {
  Concerned,
  Covering,
  GraphEnd,
  HeadsMove,
  InboundRoom,
  Known,
  MissingParent,
  NewEvent,
  RoomChange,
} from "./ports.ts";

/** Events from an order on. */
export interface TimelinePage {
  readonly events: readonly Known[];
  /** Where the next page begins; absent where this is the last. */
  readonly nextOrder?: number;
}

/**
 * What one turn in a room has decided and not stored yet, laid over what is stored: an event
 * sees those before it in the same transaction as if they were stored.
 */
export class RoomTurn {
  readonly room: InboundRoom;
  readonly #known = new Map<EventId, Known>();
  /** Ids that the store was asked for. */
  readonly #asked = new Set<EventId>();
  readonly #missing = new Map<EventId, Map<EventId, Known>>();
  readonly #childrenAsked = new Set<EventId>();
  readonly #events = new Map<EventId, NewEvent>();
  readonly #changed = new Set<EventId>();
  readonly #moves: HeadsMove[] = [];
  readonly #closed = new Set<EventId>();
  readonly #shown = new Set<EventId>();
  readonly #coverings = new Map<EventId, Covering>();
  /** Redactions and purges that this turn has accepted. */
  readonly #redactions: HeldEvent[] = [];
  readonly #purges: ControlEvent[] = [];
  readonly #redactionsById = new Map<EventId, HeldEvent[]>();
  readonly #purgesByUser = new Map<UserId, ControlEvent[]>();
  readonly #keyRefusals = new Map<string, Promise<string | undefined>>();
  #end: GraphEnd;
  #endMoved = false;
  #forked = false;
  #resigned = false;
  #reread = false;
  #resolvedBy: EventId | undefined;

  constructor(room: InboundRoom) {
    this.room = room;
    this.#end = room.end;
  }

  get end(): GraphEnd {
    return this.#end;
  }

  /** Reads at once what the stages will ask about these events. */
  async prepare(events: readonly HeldEvent[]): Promise<void> {
    const timeline = events.filter(isTimelineEvent);
    await Promise.all([
      this.read(events.flatMap(namedIds)),
      this.#learn({
        missing: timeline.map(({ id }) => id),
        redacted: events.flatMap((event) => [event.id, editedIdOf(event) ?? event.id]),
        purged: timeline.map(({ pdu }) => pdu.sender),
      }),
    ]);
  }

  /** Reads events, so that `known` can answer for them. */
  async read(ids: readonly EventId[]): Promise<void> {
    const wanted = without(this.#asked, ids);
    if (wanted.length === 0) return;
    for (const id of wanted) this.#asked.add(id);
    for (const known of await this.room.find(wanted)) this.#remember(known);
  }

  #remember(known: Known): void {
    if (!this.#known.has(known.event.id)) this.#known.set(known.event.id, known);
  }

  /** Reads who waits for these as parents. */
  async readChildren(ids: readonly EventId[]): Promise<void> {
    await this.#learn({ missing: ids });
  }

  /** Asks what concerns these, as far as it was not asked before. */
  async #learn(concerned: Partial<Concerned>): Promise<void> {
    const missing = without(this.#childrenAsked, concerned.missing);
    const redacted = without(this.#redactionsById, concerned.redacted);
    const purged = without(this.#purgesByUser, concerned.purged);
    if (missing.length + redacted.length + purged.length === 0) return;
    for (const id of missing) this.#childrenAsked.add(id);
    for (const id of redacted) this.#redactionsById.set(id, []);
    for (const user of purged) this.#purgesByUser.set(user, []);
    const { children, redactions, purges } = await this.room.concerning({
      missing,
      redacted,
      purged,
    });
    for (const each of children) {
      this.#remember(each.child);
      this.#awaits(each);
    }
    for (const event of redactions) {
      for (const id of redactedIds(event)) this.#redactionsById.get(id)?.push(event);
    }
    for (const event of purges) {
      this.#purgesByUser.get(event.pdu.content["user"] as UserId)?.push(event);
    }
  }

  #awaits({ missing, child }: MissingParent): void {
    const children = this.#missing.get(missing) ?? new Map<EventId, Known>();
    this.#missing.set(missing, children.set(child.event.id, child));
  }

  /** The event as held or decided. It must have been read. */
  known(id: EventId): Known | undefined {
    const known = this.#known.get(id);
    assert(known !== undefined || this.#asked.has(id), `event ${id} was looked up`);
    return known;
  }

  /** What step 4 asks. */
  cited(id: EventId): Cited {
    const known = this.known(id);
    if (known === undefined) return { kind: "unknown" };
    return known.outcome === "rejected"
      ? { kind: "rejected" }
      : { kind: "held", event: known.event };
  }

  /** Held events of the channel that name `id` as a parent and found it missing. */
  childrenOfMissing(id: EventId, channelId: ChannelId): readonly Known[] {
    return [...this.#missing.get(id)?.keys() ?? []].flatMap((child) => {
      const known = this.#known.get(child);
      return known !== undefined && isTimelineEvent(known.event) &&
          known.event.pdu.channel_id === channelId
        ? [known]
        : [];
    });
  }

  /** Timeline events of a channel from an order on, as decided; a page of those that are stored. */
  async timelineFrom(channelId: ChannelId, order: number, limit: number): Promise<TimelinePage> {
    const stored = await this.room.timelineFrom(channelId, { order, limit });
    for (const known of stored) {
      this.#asked.add(known.event.id);
      this.#remember(known);
    }
    // What this turn added or moved stands elsewhere than the store says.
    const own = [...this.#events.keys(), ...this.#changed].flatMap((id) => {
      const known = this.#known.get(id);
      const here = known !== undefined && isTimelineEvent(known.event) &&
        known.event.pdu.channel_id === channelId && known.outcome !== "rejected";
      return here && (known.order ?? 0) >= order ? [known] : [];
    });
    const last = stored.length < limit ? undefined : stored.at(-1)?.order;
    return {
      events: [...stored.flatMap(({ event }) => this.#known.get(event.id) ?? []), ...own],
      ...(last === undefined ? {} : { nextOrder: last }),
    };
  }

  /** Timeline events of this turn. */
  get newEvents(): Iterable<NewEvent> {
    return this.#events.values();
  }

  addEvent(event: NewEvent): void {
    const { id } = event.event;
    assert(!this.#known.has(id), `event ${id} is new`);
    this.#asked.add(id);
    this.#known.set(id, event);
    this.#events.set(id, event);
    for (const missing of event.gaps) this.#awaits({ missing, child: event });
  }

  /** Changes an event that is held, or that this turn has decided. */
  change(id: EventId, change: Partial<Omit<Known, "event">> & Partial<Pick<Known, "event">>): void {
    const before = this.#known.get(id);
    assert(before !== undefined, `event ${id} is held`);
    if (change.event !== undefined && isControlEvent(before.event)) {
      this.#reread ||= change.event.withheld !== before.event.withheld;
    }
    const added = this.#events.get(id);
    if (added === undefined) {
      this.#known.set(id, { ...before, ...change });
      this.#changed.add(id);
    } else {
      const after = { ...added, ...change };
      this.#known.set(id, after);
      this.#events.set(id, after);
    }
  }

  /** A timeline event is shown from now on. */
  show(id: EventId): void {
    this.#shown.add(id);
  }

  /** A redaction or purge counts from now on. */
  count(event: HeldEvent): void {
    if (event.pdu.type === "m.redaction") this.#redactions.push(event);
    if (event.pdu.type === "m.purge" && isControlEvent(event)) this.#purges.push(event);
  }

  /** Takes the content of a held event away. */
  cover(target: EventId, by: HeldEvent): void {
    const known = this.#known.get(target);
    assert(known !== undefined, `event ${target} is held`);
    if (known.redactedBy !== undefined) return;
    this.change(target, { event: redactEvent(known.event), redactedBy: by.id });
    this.#coverings.set(target, { target, by });
  }

  /** Redactions that count and name one of these. */
  async redactionsOf(ids: readonly EventId[]): Promise<readonly HeldEvent[]> {
    await this.#learn({ redacted: ids });
    const stored = ids.flatMap((id) => this.#redactionsById.get(id) ?? []);
    const own = this.#redactions.filter((event) =>
      redactedIds(event).some((id) => ids.includes(id))
    );
    return [...stored, ...own];
  }

  /** Purges that count and cover things of the user. */
  async purgesOf(user: UserId): Promise<readonly ControlEvent[]> {
    await this.#learn({ purged: [user] });
    return [...this.#purgesByUser.get(user) ?? [], ...this.#purges];
  }

  /** What step 6 says of these keys: asked once, since one server signs most of a turn. */
  keyRefusal(
    signedBy: readonly KeyName[],
    ask: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const names = signedBy.map(keyNameText).join();
    const known = this.#keyRefusals.get(names) ?? ask();
    this.#keyRefusals.set(names, known);
    return known;
  }

  /** Held events that say they edit one of these. */
  async editsOf(ids: readonly EventId[]): Promise<readonly Known[]> {
    for (const known of await this.room.editsOf(ids)) {
      this.#asked.add(known.event.id);
      this.#remember(known);
    }
    return [...this.#known.values()].filter(({ event, outcome }) => {
      const edited = editedIdOf(event);
      return edited !== undefined && ids.includes(edited) && outcome !== "rejected";
    });
  }

  /** A parent that somebody missed has come. */
  close(id: EventId): void {
    if ((this.#missing.get(id)?.size ?? 0) === 0) return;
    this.#missing.delete(id);
    this.#closed.add(id);
  }

  moveHeads(move: HeadsMove): void {
    this.#moves.push(move);
  }

  /** The control graph ends elsewhere now that the event counts. */
  moveEnd(
    move: { readonly end: GraphEnd; readonly resolved: boolean; readonly forked: boolean },
    by: EventId,
  ): void {
    this.#end = move.end;
    this.#endMoved = true;
    this.#forked ||= move.forked;
    if (move.resolved) this.#resolvedBy = by;
  }

  get isEmpty(): boolean {
    return this.#events.size === 0 && this.#changed.size === 0;
  }

  /** A soft-failed event has got a signature more, with which it may pass. */
  resign(event: HeldEvent): void {
    this.change(event.id, { event });
    this.#resigned = true;
  }

  get resigned(): boolean {
    return this.#resigned;
  }

  get endMoved(): boolean {
    return this.#endMoved;
  }

  get result(): RoomChange {
    return {
      events: [...this.#events.values()],
      changed: [...this.#changed].flatMap((id) => this.#known.get(id) ?? []),
      moves: this.#moves,
      ...(this.#endMoved ? { end: this.#end } : {}),
      ...(this.#resolvedBy === undefined ? {} : { resolvedBy: this.#resolvedBy }),
      closed: [...this.#closed],
      reread: this.#reread,
      forked: this.#forked,
      shown: [...this.#shown].flatMap((id) => this.#known.get(id) ?? []),
      coverings: [...this.#coverings.values()],
      redactions: this.#redactions,
      purges: this.#purges,
    };
  }
}

/** Each once, of those that are not among the asked: mostly none, `prepare` asked for all. */
function without<Id>(asked: { has(id: Id): boolean }, ids: readonly Id[] = []): readonly Id[] {
  const others = ids.filter((id) => !asked.has(id));
  return others.length > 1 ? [...new Set(others)] : others;
}

/** Every id that the stages will ask for. */
function namedIds(event: HeldEvent): readonly EventId[] {
  const { id, pdu } = event;
  const cited = isTimelineEvent(event) ? event.pdu.state_refs : citedIds(event);
  return [id, ...cited, ...pdu.prev_events, editedIdOf(event) ?? id, ...redactedIds(event)];
}
