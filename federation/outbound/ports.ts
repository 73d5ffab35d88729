import type { JsonValue } from "../../core/event/json.ts";
import type { Brand } from "../../core/ids/brand.ts";
import type { ChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { PduOutcome } from "../../core/api/federation/send.ts";
import type { OutgoingEdu } from "../ports.ts";
import type { Health } from "./health.ts";

/** A place in this server's log, as the log writes it; nobody else looks inside. */
export type Mark = Brand<"Mark">;

/** One of our events on its way to another server. */
export interface OutgoingEvent {
  readonly eventId: EventId;
  /** As it is stored, with the signatures it had then. */
  readonly pdu: JsonValue;
  /** Of the PDU's JSON. */
  readonly bytes: number;
  /** Who has this event, and all before it, stands here. Of heads: where the list goes on. */
  readonly mark: Mark;
}

export interface OutgoingPage {
  readonly events: readonly OutgoingEvent[];
  /** Who has these events stands here, even where nothing was for them. */
  readonly mark: Mark;
  /** There is more to read at once. */
  readonly more: boolean;
}

export interface HeadsPage {
  readonly events: readonly OutgoingEvent[];
  /** The list ends here. */
  readonly last: boolean;
}

/** A server has come to see something that it was not sent at its time. */
export interface Arrival {
  readonly roomId: RoomId;
  /** Absent: it has come into the room, and all that it sees there is new to it. */
  readonly channels?: readonly ChannelId[] | undefined;
}

/**
 * What this server said in rooms that it shares with another, and what of it the other may
 * have: control events of the time in which it had a joined user, timeline events of that time
 * that one of its users may read now. PROTOCOL.md 2.
 */
export interface OutgoingLog {
  /** How far everybody who was woken can read. */
  tip(): Mark;
  /**
   * What comes after a mark, in the order in which it was stored. Channels of which something was
   * passed over since nobody there sees them are kept in mind before it answers, in `readHeads`
   * and `readEnds` as well: what passes the mark is lost to nobody who comes to see it.
   */
  read(server: ServerName, from: Mark, limit: number): Promise<OutgoingPage>;
  /** How much `read` would give, counted up to `limit`. */
  countAfter(server: ServerName, from: Mark, limit: number): Promise<number>;
  /** The newest event of every graph between two marks: control graphs first. */
  readHeads(
    server: ServerName,
    range: {
      readonly from: Mark;
      readonly upTo: Mark;
      /** The last event of the former page. */
      readonly after?: Mark | undefined;
      readonly limit: number;
    },
  ): Promise<HeadsPage>;
  /** This process sends to the server from now on: another may have done so before. */
  takeUp(server: ServerName): Promise<void>;
  /** What the server has come to see and was not sent the ends of; looked for where it may be. */
  arrival(server: ServerName): Promise<Arrival | undefined>;
  /**
   * What it has not got there and nobody may have told it: the ends of these graphs that this
   * server's users made, but for what comes after the mark anyway. PROTOCOL.md 8 (who comes in
   * and who comes to see).
   */
  readEnds(
    server: ServerName,
    arrival: Arrival,
    page: {
      readonly mark: Mark;
      /** The last event of the former page. */
      readonly after?: Mark | undefined;
      readonly limit: number;
    },
  ): Promise<HeadsPage>;
  /** It has them. What of it was passed over once more meanwhile is still owed. */
  settle(server: ServerName, arrival: Arrival): Promise<void>;
}

/** What is known of another server as one to send to. */
export interface Destination {
  readonly server: ServerName;
  /** The other has everything up to here that it may have. */
  readonly mark: Mark;
  readonly health: Health;
  /** Since when an administrator has paused it (ms); absent: it is sent to. */
  readonly pausedSinceMs?: number | undefined;
}

/** Destinations as they outlive a process. One process at a time holds one, by a lease. */
export interface DestinationStore {
  /** Takes every destination that no living process holds. Answers the newly taken ones. */
  claimFree(): Promise<readonly Destination[]>;
  /**
   * Takes one; where it is not known yet, it begins at `log.tip()`. Undefined: another process
   * holds it.
   */
  claim(server: ServerName): Promise<Destination | undefined>;
  /** Stores what is held. Answers which of them another process has taken meanwhile. */
  save(destinations: readonly Destination[]): Promise<readonly ServerName[]>;
  /** Makes the leases of this process last on. Answers which of its destinations are paused. */
  renew(): Promise<ReadonlyMap<ServerName, number>>;
  /** Gives all leases of this process back. */
  release(): Promise<void>;
}

/** Adds a signature of today to events whose key counts no more. PROTOCOL.md 8. */
export interface Resigner {
  /** The PDU as it was, or with one signature more. */
  freshen(pdu: JsonValue, nowMs: number): Promise<JsonValue>;
}

/** To the other processes of this homeserver: one of them may hold the destination. */
export interface OutboundRelay {
  edu(to: ServerName, edu: OutgoingEdu): void;
  heardFrom(server: ServerName): void;
  retry(server: ServerName): void;
  /** Absent time: it goes on. */
  pause(server: ServerName, sinceMs: number | undefined): void;
  /** This process has given its destinations back. */
  released(): void;
}

/** Counts. */
export interface OutboundMeter {
  transaction(outcome: "sent" | "failed"): void;
  pdus(outcome: PduOutcome | "given_up", count: number): void;
  edus(outcome: "sent" | "dropped", count: number): void;
}
