import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { SeatState } from "../session/seat_state.ts";
import type { Offer } from "../signalling/negotiation.ts";
import type { ShownTrack } from "../signalling/tracks.ts";
import type { Engine, EngineName } from "./engine.ts";
import type { Media, MediaPlan, MediaReport, MediaStats, RoomStats } from "./media.ts";

/**
 * The media server of voice channels, as the rest of the process sees it: it forwards packets that
 * it cannot decrypt beyond their transport, on one UDP port. docs/ARCHITECTURE.md, "Voice".
 */

export interface SfuOptions {
  /** Where to listen. Every address has the port of the first; 0 lets the system choose it. */
  readonly bind: readonly { readonly hostname: string; readonly port: number }[];
  /** Also listen on the same port of TCP, for browsers whose network lets no UDP through. */
  readonly tcp: boolean;
  /** IP addresses that browsers are told to send to, without a port. At least one. */
  readonly announce: readonly string[];
  /** Voices of one call that are forwarded at once, the loudest; a dozen where nothing is said. */
  readonly maxSpeakers?: number;
  /** Of one picture that somebody shows, bits a second; a limit of its own where nothing is said. */
  readonly videoBitrate?: number;
  /** Sent for all calls together; without it as much as there is. */
  readonly maxBytesPerSecond?: number;
  /** Deno's own sockets and cipher where nothing is said. */
  readonly engine?: Engine;
  /**
   * Threads for packets, each with the next port; a call has one of them. Without it packets go
   * through this thread, where they and all else that it does hold each other up.
   */
  readonly threads?: { readonly count: number; readonly open: OpenThread };
  readonly log: Log;
  readonly clock: Clock;
  readonly rng: Rng;
}

/** Opens the path of packets in a thread of its own. Rejects as `openMedia` does. */
export type OpenThread = (
  plan: MediaPlan,
  report: (report: MediaReport) => void,
) => Promise<Media>;

export interface JoinRequest {
  /** Names the call. Participants of one call hear each other. */
  readonly call: string;
  /** Names the participant within the call, once; it comes back in `Offer.mids`. */
  readonly participant: string;
  /** What is sent by somebody who may not speak is dropped here. */
  readonly speak: boolean;
  /** Somebody who may not hear is sent nothing. */
  readonly hear: boolean;
  /** Of the voice that is sent, in bits a second. Told to the browser, and held to within a factor. */
  readonly bitrate: number;
}

export type AnswerResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A participant's place in a call. After `leave` every method does nothing. */
export interface Seat {
  /** The offer that waits for its answer, or the last one that was answered. */
  readonly offer: Offer;
  readonly state: SeatState;
  /**
   * The browser's answer to the offer `seq`. `reason` says what is wrong with it, for people who
   * read logs. An answer to an offer that was answered already is taken as a repetition.
   */
  answer(seq: number, sdp: string): AnswerResult;
  /** What they may do from now on: holds for the next packet. */
  set(
    change: { readonly speak?: boolean; readonly hear?: boolean; readonly bitrate?: number },
  ): void;
  /** All that they show from now on: what else comes is dropped, from the next packet on. */
  show(tracks: readonly ShownTrack[]): void;
  /** All that they are sent of what others show; what nobody shows now comes as soon as it is. */
  watch(wanted: readonly { readonly participant: string; readonly track: ShownTrack }[]): void;
  /** Begins ICE anew with fresh credentials: follows as an offer. The voice goes on meanwhile. */
  restart(): void;
  leave(): void;
  /** Called with each further offer, never before the former one was answered. */
  onOffer(callback: (offer: Offer) => void): void;
  onState(callback: (state: SeatState) => void): void;
  /** By the level that the browser states in each packet; false a moment after the last loud one. */
  onSpeaking(callback: (speaking: boolean) => void): void;
}

/** Figures since the start, and of now. They name nobody. */
export interface SfuStats extends Readonly<MediaStats> {
  readonly calls: number;
  readonly seats: number;
  readonly connected: number;
  /** Since the start, by the number that the rooms had one after the other. */
  readonly rooms: readonly RoomStats[];
  /** Of now. */
  readonly seatsByRoom: readonly RoomSeats[];
}

export interface RoomSeats {
  readonly room: number;
  readonly seats: number;
  readonly connected: number;
}

export interface Sfu extends AsyncDisposable {
  /** The UDP port that was bound. */
  readonly port: number;
  /** The ports of all threads, that one first. */
  readonly ports: readonly number[];
  readonly engine: EngineName;
  /** A place in a call, with its first offer. undefined where the server or the call is full. */
  join(request: JoinRequest): Seat | undefined;
  stats(): SfuStats;
}
