import { Call, type CallBounds } from "./call.ts";
import type { Demux } from "./demux.ts";
import { type MediaOrder, type MediaStats, noStats, type RoomStats } from "./media.ts";
import { MediaSeat, type MediaSeatHost } from "./media_seat.ts";

/** Whose packets go where, as it was ordered. */
export class MediaSeats {
  readonly #demux: Demux;
  readonly #host: Omit<MediaSeatHost, "counts">;
  readonly #bounds: CallBounds;
  readonly #calls = new Map<string, Call>();
  readonly #seats = new Map<number, MediaSeat>();
  /** The name of each seat's call. */
  readonly #names = new Map<MediaSeat, string>();
  /** By the room's number: they go on with whichever call has it next. */
  readonly #counts = new Map<number, MediaStats>();
  readonly #closing = new Set<Promise<void>>();

  constructor(
    demux: Demux,
    host: Omit<MediaSeatHost, "counts" | "onFragments" | "onVacant">,
    bounds: CallBounds,
  ) {
    this.#demux = demux;
    this.#bounds = bounds;
    this.#host = {
      ...host,
      onFragments: (seat, fragments) => demux.name(seat, fragments),
      onVacant: (seat, rest) => this.#remove(seat, rest),
    };
  }

  /** An order for a seat that has ended by itself means nothing. */
  take(order: MediaOrder): void {
    if (order.kind === "open") return this.#open(order);
    this.#seats.get(order.seat)?.take(order);
  }

  tick(now: number): void {
    for (const seat of this.#seats.values()) seat.tick(now);
  }

  /** Copies, so that a reader's figures do not go on by themselves. */
  stats(): RoomStats[] {
    return [...this.#counts].map(([room, counts]) => [room, { ...counts }]);
  }

  async close(): Promise<void> {
    for (const seat of [...this.#seats.keys()]) this.take({ kind: "close", seat });
    await Promise.all(this.#closing);
  }

  #open(order: Extract<MediaOrder, { kind: "open" }>): void {
    const call = this.#calls.get(order.call) ?? new Call(this.#bounds);
    const counts = this.#counts.get(order.room) ?? noStats();
    this.#counts.set(order.room, counts);
    const seat = new MediaSeat({ ...this.#host, counts }, call, order);
    this.#calls.set(order.call, call);
    this.#seats.set(order.seat, seat);
    this.#names.set(seat, order.call);
    call.add(seat);
  }

  #remove(seat: MediaSeat, rest: Promise<void>): void {
    this.#demux.remove(seat);
    this.#seats.delete(seat.stream);
    const name = this.#names.get(seat);
    this.#names.delete(seat);
    if (name !== undefined && this.#calls.get(name)?.members.size === 0) this.#calls.delete(name);
    const ending = rest.then(() => void this.#closing.delete(ending));
    this.#closing.add(ending);
  }
}
