import { limits } from "../../core/limits.ts";
import { Call, type CallBounds } from "./call.ts";
import type { Demux } from "./demux.ts";
import { type SeatHost, SeatInCall } from "./seat.ts";
import type { JoinRequest, SfuStats } from "./sfu.ts";

/** Who is in which call. */
export class Seats {
  readonly #demux: Demux;
  readonly #host: SeatHost;
  readonly #calls = new Map<string, Call>();
  readonly #seats = new Map<SeatInCall, string>();
  readonly #closing = new Set<Promise<void>>();
  readonly #bounds: CallBounds;
  #nextStream: number;

  constructor(
    demux: Demux,
    host: Omit<SeatHost, "onFragments" | "onVacant">,
    bounds: CallBounds,
  ) {
    this.#demux = demux;
    this.#bounds = bounds;
    this.#host = {
      ...host,
      onFragments: (seat, fragments) => demux.name(seat, fragments),
      onVacant: (seat, rest) => this.#remove(seat, rest),
    };
    this.#nextStream = host.rng.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  join(request: JoinRequest): SeatInCall | undefined {
    const call = this.#calls.get(request.call) ?? new Call(this.#bounds);
    if (this.#seats.size >= limits.voice.maxSeats || call.isFull) return undefined;
    // Counted, not drawn: a number that came twice would be one key's nonce twice.
    const stream = this.#nextStream = (this.#nextStream + 1) % 0x1_0000_0000;
    const seat = new SeatInCall(this.#host, call, request, stream);
    this.#calls.set(request.call, call);
    this.#seats.set(seat, request.call);
    call.add(seat);
    return seat;
  }

  tick(now: number): void {
    for (const seat of this.#seats.keys()) seat.tick(now);
  }

  count(): Pick<SfuStats, "calls" | "seats" | "connected"> {
    const connected = [...this.#seats.keys()].filter(({ state }) => state === "connected").length;
    return { calls: this.#calls.size, seats: this.#seats.size, connected };
  }

  async close(): Promise<void> {
    for (const seat of [...this.#seats.keys()]) seat.leave();
    await Promise.all(this.#closing);
  }

  #remove(seat: SeatInCall, rest: Promise<void>): void {
    this.#demux.remove(seat);
    const name = this.#seats.get(seat);
    this.#seats.delete(seat);
    if (name !== undefined && this.#calls.get(name)?.members.size === 0) this.#calls.delete(name);
    const ending = rest.then(() => void this.#closing.delete(ending));
    this.#closing.add(ending);
  }
}
