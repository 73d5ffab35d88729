import type { ControlEvent, HeldEvent } from "../../core/event/event.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import type { RoomGraph } from "../../core/state/room_graph.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import type { Door } from "../ports.ts";

/** How the receipt of an event that is stored ended. PROTOCOL.md 7. */
export type StoredOutcome = "accepted" | "soft_failed" | "rejected";

/** An event as this server holds it. */
export interface Known {
  readonly event: HeldEvent;
  readonly outcome: StoredOutcome;
  /** order(e); of timeline events alone. */
  readonly order?: number;
  /** When it came here, ms. */
  readonly receivedTs: number;
  /** The redaction or purge that took its content away. */
  readonly redactedBy?: EventId;
}

/** The end of a room's control graph: its heads and the state they resolve to. */
export interface GraphEnd {
  /** The heads whose state this is. */
  readonly heads: readonly EventId[];
  readonly state: StateMap;
  readonly authority: Authority;
  /** All heads, where they are still being resolved in the background. */
  readonly pending?: readonly EventId[];
}

/** An event that is stored for the first time. */
export interface NewEvent extends Known {
  readonly door: Door;
  /** The server that handed it in. */
  readonly origin: ServerName;
  /** Why it was not accepted: rule and sentence. */
  readonly reason?: string;
  /** The state after a control event that was not rejected. */
  readonly after?: StateMap;
  /** Parents of a timeline event that are not held. */
  readonly gaps: readonly EventId[];
}

/** How the ends of one graph move. */
export interface HeadsMove {
  /** Absent: of the control graph. */
  readonly channelId?: ChannelId;
  readonly remove: readonly EventId[];
  readonly add: readonly { readonly id: EventId; readonly order: number }[];
}

/** An event that is held without its content, because another took it away. */
export interface Covering {
  readonly target: EventId;
  /** The redaction or purge. */
  readonly by: HeldEvent;
}

/** Everything that one turn in a room has led to, stored whole or not at all. */
export interface RoomChange {
  /** In the order in which they were judged. */
  readonly events: readonly NewEvent[];
  /** Stored events that changed: outcome, order, content. */
  readonly changed: readonly Known[];
  /** Timeline events that are shown from now on: what they say takes effect. */
  readonly shown: readonly Known[];
  readonly coverings: readonly Covering[];
  /** Redactions that count from now on. */
  readonly redactions: readonly HeldEvent[];
  /** Purges that count from now on: what is held of what they cover is taken away next. */
  readonly purges: readonly ControlEvent[];
  readonly moves: readonly HeadsMove[];
  /** Where the control graph ends from now on; absent where it did not move. */
  readonly end?: GraphEnd;
  /** The event with which several heads were resolved, so that any key may have changed. */
  readonly resolvedBy?: EventId;
  /** The control graph had several heads meanwhile: a change may have lost to another. */
  readonly forked: boolean;
  /** Parents that were missing and have come. */
  readonly closed: readonly EventId[];
  /** The content of control events has gone or come: what states hold of them is old. */
  readonly reread: boolean;
}

/** A change that cannot be stored, and could not if it were tried again. */
export class StoreRefusal extends Error {
  override readonly name = "StoreRefusal";
}

/** A held timeline event that names a parent which is not held. */
export interface MissingParent {
  readonly missing: EventId;
  readonly child: Known;
}

export interface PostsQuery {
  readonly channelId: ChannelId;
  readonly user: UserId;
  readonly fromTs: number;
  readonly toTs: number;
}

export interface ThreadQuery {
  readonly channelId: ChannelId;
  readonly root: EventId;
  readonly limit: number;
}

/** What is asked of what is held before events are taken in; each may be empty. */
export interface Concerned {
  /** Parents that others may miss. */
  readonly missing: readonly EventId[];
  /** Events that redactions may name. */
  readonly redacted: readonly EventId[];
  /** Users whose writing may be purged. */
  readonly purged: readonly UserId[];
}

/** What is held and concerns events that come. */
export interface Concerning {
  readonly children: readonly MissingParent[];
  /** Accepted redactions, by id. */
  readonly redactions: readonly HeldEvent[];
  /** Accepted purges. */
  readonly purges: readonly ControlEvent[];
}

/** A room that is held. All but `store` reads what is stored. */
export interface InboundRoom {
  readonly id: RoomId;
  readonly facts: RoomFacts;
  readonly graph: RoomGraph;
  /** Moves in turns alone. */
  readonly end: GraphEnd;
  /** Runs alone: no other change of the control graph is decided or stored meanwhile. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Of a private room: its guild as it is now, where this server holds and has checked it. */
  guild(): Promise<Authority | undefined>;

  find(ids: readonly EventId[]): Promise<readonly Known[]>;
  concerning(concerned: Concerned): Promise<Concerning>;
  /** Timeline events of a channel that are not rejected, by order, from `order` on. */
  timelineFrom(
    channelId: ChannelId,
    query: { readonly order: number; readonly limit: number },
  ): Promise<readonly Known[]>;

  /** Held events that say they edit one of these. */
  editsOf(ids: readonly EventId[]): Promise<readonly Known[]>;
  /** Accepted control events of a type, the newest first: of types that are rare. */
  controlOf(type: string, limit: number): Promise<readonly Known[]>;
  /** `origin_ts` of the user's accepted posts in a channel from `fromTs` to `toTs`. */
  postTimes(query: PostsQuery): Promise<readonly number[]>;
  /** Accepted `m.thread` events of a thread, the newest first. */
  threadEvents(thread: ThreadQuery): Promise<readonly Known[]>;
  /** Soft-failed events received since, the newest first. */
  softFailed(query: { readonly sinceTs: number; readonly limit: number }): Promise<
    readonly Known[]
  >;

  /** How many soft-failed events of one server's people are stored, counted up to `limit`. */
  countSoftFailed(server: ServerName, limit: number): Promise<number>;

  /**
   * Forgets rejected events of one server's people but for the `keep` that came last; answers how
   * many. In a turn of the room alone.
   */
  forgetRejected(server: ServerName, keep: number): Promise<number>;

  /** @throws StoreRefusal; whatever else is thrown means: not now. */
  store(change: RoomChange): Promise<void>;
}

export interface SoftFailedQuery {
  readonly sinceTs: number;
  readonly guild?: RoomId;
  /** Rooms at most. */
  readonly limit: number;
}

export interface InboundRooms {
  open(id: RoomId): Promise<InboundRoom | undefined>;
  /**
   * Whether a room that is not open was joined and is still being checked: what is sent for it
   * meanwhile waits. PROTOCOL.md 9.
   */
  isBeingChecked?(id: RoomId): Promise<boolean>;
  /** Holds a room from its create event on; the room there is, if there is one. */
  begin(create: ControlEvent): Promise<InboundRoom>;
  /** Events received since whose content is not held, though nothing took it away. */
  withheld(
    query: { readonly sinceTs: number; readonly limit: number },
  ): Promise<readonly HeldEvent[]>;
  /** Rooms with events that soft-failed since; of a guild: its private rooms alone. */
  withSoftFailed(query: SoftFailedQuery): Promise<readonly RoomId[]>;
}

/** A receipt that has stored no event. */
export interface Receipt {
  readonly door: Door;
  readonly origin: ServerName;
  readonly outcome: "waiting" | "dropped";
  readonly reason: string;
  readonly roomId?: RoomId;
  readonly eventId?: EventId;
  readonly sender?: UserId;
  readonly type?: string;
}

/** What administrators read. Bounded by whoever keeps it; never throws. */
export interface Receipts {
  note(receipt: Receipt): void;
}

/** Counts what came in. */
export interface InboundMeter {
  received(door: Door, outcome: StoredOutcome | "waiting" | "dropped"): void;
}

/** An event that was handed in and cannot be judged yet, as it came. */
export interface WaitingEvent {
  readonly roomId: RoomId;
  readonly eventId: EventId;
  readonly door: Door;
  /** Who handed it in; each server's copy waits for itself, for one of them may be forged. */
  readonly origin: ServerName;
  readonly receivedTs: number;
  /** Canonical JSON. */
  readonly pdu: string;
  /** Cited events that are not held. */
  readonly missing: readonly EventId[];
  /** Names of key entries that are not held, as `keyNameText` writes them. */
  readonly missingKeys: readonly string[];
  readonly attempts: number;
  /** When it is looked after next, ms. */
  readonly dueTs: number;
}

/** Bounded by the one who keeps it: a server's events, their bytes, and all together. */
export interface WaitingStore {
  /**
   * Keeps events of one server, or changes what kept ones wait for (attempts and time then stay
   * as they are). Answers for each whether it is kept: beyond the bounds there is no room.
   */
  put(events: readonly WaitingEvent[]): Promise<readonly boolean[]>;
  /** Whether anything of the room waits: mostly nothing does, and then no id need be looked for. */
  anyIn(roomId: RoomId): Promise<boolean>;
  /** Takes away every copy of these, or those that one server handed in. */
  remove(roomId: RoomId, ids: readonly EventId[], origin?: ServerName): Promise<void>;
  /** Events that wait for one of these. */
  waitingFor(
    roomId: RoomId,
    ids: readonly EventId[],
    limit: number,
  ): Promise<readonly WaitingEvent[]>;
  /**
   * Events that are due, the longest first, and moves their time ahead to `until`, so that no
   * other process takes them meanwhile.
   */
  claim(claim: {
    readonly nowMs: number;
    readonly until: number;
    readonly limit: number;
  }): Promise<readonly WaitingEvent[]>;
  postpone(
    event: Pick<WaitingEvent, "roomId" | "eventId" | "origin">,
    next: { readonly attempts: number; readonly dueTs: number },
  ): Promise<void>;
  /** When the next one is due; undefined where nothing waits. */
  nextDue(): Promise<number | undefined>;
}
