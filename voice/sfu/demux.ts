import type { Buffer } from "node:buffer";
import { limits } from "../../core/limits.ts";
import { countBy, type MediaStats } from "./media.ts";
import type { MediaSeat } from "./media_seat.ts";
import type { Route } from "./route.ts";
import { kindOf } from "./rtp.ts";
import { buildAnswer, isAuthentic, readCheck } from "./stun.ts";

/** A way and whose it is. */
export interface Way {
  readonly route: Route;
  seat: MediaSeat;
}

/** Where a datagram came from. */
export interface Origin extends Pick<Route, "transport"> {
  readonly address: string;
  readonly port: number;
  /** The way that checks have opened from there. */
  readonly way: Way | undefined;
  /** Opens it, after a check that proved whose it is. */
  open(seat: MediaSeat): Way;
}

/**
 * Gives each datagram to the seat it is for. Nothing is kept, and nothing answered, for an address
 * that no authenticated check has come from.
 */
export class Demux {
  /** By the fragment of ours that a browser's checks name. */
  readonly #seats = new Map<string, MediaSeat>();
  readonly #fragments = new Map<MediaSeat, readonly string[]>();
  readonly #counts: MediaStats;
  readonly #onSpare: (route: Route) => void;

  /** `onSpare` is told of ways that no seat uses any more. */
  constructor(counts: MediaStats, onSpare: (route: Route) => void) {
    this.#counts = counts;
    this.#onSpare = onSpare;
  }

  name(seat: MediaSeat, fragments: readonly string[]): void {
    for (const fragment of this.#fragments.get(seat) ?? []) this.#seats.delete(fragment);
    for (const fragment of fragments) this.#seats.set(fragment, seat);
    this.#fragments.set(seat, fragments);
  }

  remove(seat: MediaSeat): void {
    this.name(seat, []);
    this.#fragments.delete(seat);
    for (const route of seat.ice.routes) this.#onSpare(route);
  }

  take(data: Buffer, origin: Origin): void {
    const kind = data.length > limits.voice.maxDatagramBytes ? undefined : kindOf(data);
    if (kind === "stun") return this.#takeCheck(data, origin);
    if (kind === undefined || origin.way === undefined) this.#refuse(origin);
    else origin.way.seat.takeDatagram(origin.way.route, kind, data);
  }

  #refuse(origin: Origin): void {
    countBy(origin, this.#counts, "packetsRefused");
  }

  #takeCheck(data: Buffer, origin: Origin): void {
    const check = readCheck(data);
    const seat = check === undefined ? undefined : this.#seats.get(check.local);
    const password = check === undefined ? undefined : seat?.ice.passwordOf(check.local);
    if (
      check === undefined || seat === undefined || password === undefined ||
      !isAuthentic(data, check, password)
    ) {
      return this.#refuse(origin);
    }
    const { way } = origin;
    // The browser behind this address has another connection now.
    if (way !== undefined && way.seat !== seat) way.seat.ice.lose(way.route);
    const { route } = origin.open(seat);
    for (const spare of seat.takeCheck(route, check)) this.#onSpare(spare);
    const answer = buildAnswer(check.transaction, origin, password);
    const buffer = route.take();
    route.send(buffer, answer.copy(buffer));
  }
}
