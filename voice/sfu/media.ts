import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { SeatState } from "../session/seat_state.ts";
import type { Layer } from "../signalling/layers.ts";
import type { ShownTrack } from "../signalling/tracks.ts";
import type { Candidate } from "../signalling/write_offer.ts";
import type { DtlsIdentity } from "../werift/certificate.ts";
import type { Engine, EngineName } from "./engine.ts";
import type { Credentials } from "./ice_agent.ts";
import type { Route } from "./route.ts";

/**
 * The half of the media server that packets go through, and the words that the other half has with
 * it. They can be said to another thread as well: `open_media.ts` is it, `open_sfu.ts` speaks.
 */

/** What it is made with. Plain data. */
export interface MediaPlan {
  /** Where to listen. Every address has the port of the first; 0 lets the system choose it. */
  readonly bind: readonly { readonly hostname: string; readonly port: number }[];
  /** Also listen on the same port of TCP, for browsers whose network lets no UDP through. */
  readonly tcp: boolean;
  /** IP addresses that browsers are told to send to, without a port. At least one. */
  readonly announce: readonly string[];
  /** Voices of one call that are forwarded at once, the loudest. */
  readonly maxSpeakers: number;
  /** Sent for all of its calls together; Infinity for as much as there is. */
  readonly maxBytesPerSecond: number;
  readonly identity: DtlsIdentity;
}

/** What it needs of the thread that it is in. */
export interface MediaParts {
  readonly engine: Engine;
  readonly log: Log;
  readonly clock: Clock;
}

/** Something that a participant may send beside the voice. */
export interface ShownPlan {
  readonly name: ShownTrack;
  /** Its stream's number, which comes once in the server's life. */
  readonly stream: number;
  /** In which it may come, the smallest first. */
  readonly layers: readonly Layer[];
}

/** The layers in which a browser has agreed to send something; of no name: once. */
export interface AgreedLayers {
  readonly name: ShownTrack;
  readonly rids: readonly string[];
}

/** Seats are named by the number of their voice's stream, which comes once in the server's life. */
export type MediaOrder =
  | {
    readonly kind: "open";
    readonly seat: number;
    readonly call: string;
    /** What its packets are counted under, of `limits.voice.roomsCounted`; 0 is all further ones. */
    readonly room: number;
    readonly credentials: Credentials;
    readonly speak: boolean;
    readonly hear: boolean;
    readonly bitrate: number;
  }
  /** What they may do from now on. */
  | {
    readonly kind: "change";
    readonly seat: number;
    readonly speak?: boolean;
    readonly hear?: boolean;
    readonly bitrate?: number;
  }
  /** All that they show from now on. */
  | { readonly kind: "show"; readonly seat: number; readonly tracks: readonly ShownPlan[] }
  /** All that they take from now on, of what their browser has agreed to. */
  | { readonly kind: "take"; readonly seat: number; readonly streams: readonly number[] }
  /** The browser's certificate, the streams that it has agreed to take, and how it sends its own. */
  | {
    readonly kind: "answered";
    readonly seat: number;
    readonly fingerprint: string;
    readonly streams: readonly number[];
    readonly layers: readonly AgreedLayers[];
  }
  | { readonly kind: "restart"; readonly seat: number; readonly credentials: Credentials }
  | { readonly kind: "close"; readonly seat: number };

/** After `failed` nothing more is told of a seat, and orders for it mean nothing. */
export type MediaReport =
  | { readonly kind: "state"; readonly seat: number; readonly state: SeatState }
  | { readonly kind: "speaking"; readonly seat: number; readonly speaking: boolean };

/** What is counted by transport. */
export type CountedByWay =
  | ("packetsReceived" | "packetsForwarded" | "packetsDropped" | "packetsOverBudget")
  | ("packetsRefused" | "bytesReceived" | "bytesSent");

/** Figures since the start. Those of both transports stand twice: all, and what of it was TCP's. */
export interface MediaStats extends Record<`${CountedByWay}Tcp`, number> {
  packetsReceived: number;
  packetsForwarded: number;
  bytesReceived: number;
  bytesSent: number;
  /** Left out because a send queue was full. */
  packetsDropped: number;
  /** Packets left out because the server had sent as much as it may. */
  packetsOverBudget: number;
  /** Datagrams that nobody vouched for: unknown senders, bad checks, forged or repeated packets. */
  packetsRefused: number;
  handshakesFailed: number;
}

/** The same apart for each room. Rooms are numbers that are given out anew: they name nobody. */
export interface MediaFigures {
  /** What belongs to no room, as datagrams that nobody vouched for. */
  readonly rest: Readonly<MediaStats>;
  readonly rooms: readonly RoomStats[];
}
export type RoomStats = readonly [room: number, stats: Readonly<MediaStats>];

export interface Media extends AsyncDisposable {
  /** The UDP port that was bound. */
  readonly port: number;
  readonly engine: EngineName;
  /** What browsers are told of it. */
  readonly candidates: readonly Candidate[];
  tell(order: MediaOrder): void;
  /** Of another thread: as it was a moment ago. */
  stats(): MediaFigures;
}

export const noStats = (): MediaStats => ({
  packetsReceived: 0,
  packetsForwarded: 0,
  bytesReceived: 0,
  bytesSent: 0,
  packetsDropped: 0,
  packetsOverBudget: 0,
  packetsRefused: 0,
  packetsReceivedTcp: 0,
  packetsForwardedTcp: 0,
  bytesReceivedTcp: 0,
  bytesSentTcp: 0,
  packetsDroppedTcp: 0,
  packetsOverBudgetTcp: 0,
  packetsRefusedTcp: 0,
  handshakesFailed: 0,
});

export function sumOf(all: Iterable<Readonly<MediaStats>>): MediaStats {
  const sum = noStats();
  for (const stats of all) {
    for (const name of Object.keys(sum) as (keyof MediaStats)[]) sum[name] += stats[name];
  }
  return sum;
}

export const noFigures: MediaFigures = { rest: noStats(), rooms: [] };

/** Figures of several threads, or of one that was begun anew, as those of one. */
export function joinFigures(all: readonly MediaFigures[]): MediaFigures {
  const byRoom = Map.groupBy(all.flatMap(({ rooms }) => rooms), ([room]) => room);
  return {
    rest: sumOf(all.map(({ rest }) => rest)),
    rooms: [...byRoom].map(([room, parts]) => [room, sumOf(parts.map(([, stats]) => stats))]),
  };
}

/** Counts something that came or went by this way. */
export function countBy(
  { transport }: Pick<Route, "transport">,
  counts: MediaStats,
  name: CountedByWay,
  by = 1,
): void {
  counts[name] += by;
  if (transport === "tcp") counts[`${name}Tcp`] += by;
}
