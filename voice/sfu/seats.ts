import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Layers } from "../signalling/layers.ts";
import type { Media, MediaReport } from "./media.ts";
import { type SeatHost, SeatInCall } from "./seat.ts";
import type { JoinRequest, RoomSeats } from "./sfu.ts";

interface CallOfSeats {
  readonly name: string;
  /** What it is counted under: the lowest that no other one has, 0 where all are taken. */
  readonly room: number;
  /** Where its packets go, as long as it lasts. */
  readonly media: Media;
  readonly seats: Set<SeatInCall>;
}

/** Who is in which call, and which of the media servers has it. */
export class Seats {
  readonly #media: readonly Media[];
  readonly #parts: Pick<SeatHost, "rng" | "log" | "fingerprint" | "layers">;
  readonly #calls = new Map<string, CallOfSeats>();
  readonly #seats = new Map<number, SeatInCall>();
  #nextStream: number;

  constructor(
    media: readonly Media[],
    parts: {
      readonly rng: Rng;
      readonly log: Log;
      readonly fingerprint: string;
      readonly layers: Layers;
    },
  ) {
    this.#media = media;
    this.#parts = parts;
    this.#nextStream = parts.rng.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  join(request: JoinRequest): SeatInCall | undefined {
    const call = this.#calls.get(request.call) ?? this.#begin(request.call);
    if (call === undefined || call.seats.size >= limits.voice.maxSeatsPerCall) return undefined;
    if (this.#seats.size >= limits.voice.maxSeats) return undefined;
    const stream = this.#newStream();
    const seat = new SeatInCall(this.#hostOf(call), request, stream);
    this.#calls.set(request.call, call);
    this.#seats.set(stream, seat);
    call.seats.add(seat);
    this.#tellOthers(call, seat);
    return seat;
  }

  hear(report: MediaReport): void {
    this.#seats.get(report.seat)?.hear(report);
  }

  count(): { readonly calls: number; readonly seats: number; readonly connected: number } {
    return {
      calls: this.#calls.size,
      seats: this.#seats.size,
      connected: connectedOf(this.#seats.values()),
    };
  }

  byRoom(): RoomSeats[] {
    const rooms = Map.groupBy(this.#calls.values(), ({ room }) => room);
    return [...rooms].map(([room, calls]) => {
      const seats = calls.flatMap((call) => [...call.seats]);
      return { room, seats: seats.length, connected: connectedOf(seats) };
    });
  }

  close(): void {
    for (const seat of [...this.#seats.values()]) seat.leave();
  }

  /** With the one that has the fewest people. */
  #begin(name: string): CallOfSeats | undefined {
    const loads = new Map(this.#media.map((media) => [media, 0]));
    for (const { media, seats } of this.#calls.values()) {
      loads.set(media, (loads.get(media) ?? 0) + seats.size);
    }
    const [least] = [...loads].toSorted(([, a], [, b]) => a - b);
    return least && { name, room: this.#freeRoom(), media: least[0], seats: new Set() };
  }

  #freeRoom(): number {
    const taken = new Set([...this.#calls.values()].map(({ room }) => room));
    for (let room = 1; room <= limits.voice.roomsCounted; room++) if (!taken.has(room)) return room;
    return 0;
  }

  /** Counted, not drawn: a number that came twice would be one key's nonce twice. */
  #newStream(): number {
    return this.#nextStream = (this.#nextStream + 1) % 0x1_0000_0000;
  }

  #hostOf(call: CallOfSeats): SeatHost {
    return {
      ...this.#parts,
      media: call.media,
      room: call.room,
      newStream: () => this.#newStream(),
      othersOf: (seat) => {
        const others = [...call.seats].filter((each) => each !== seat);
        // Voices are the first to get a part.
        return [
          ...others.map(({ voice }) => voice),
          ...seat.held(others.flatMap(({ streams }) => streams)),
        ];
      },
      onShown: (seat) => {
        for (const other of call.seats) if (other.lacksOf(seat)) other.onMembersChanged();
      },
      onVacant: (seat) => {
        this.#seats.delete(seat.voice.stream);
        call.seats.delete(seat);
        if (call.seats.size === 0) this.#calls.delete(call.name);
        else this.#tellOthers(call, seat);
      },
    };
  }

  #tellOthers({ seats }: CallOfSeats, seat: SeatInCall): void {
    for (const other of seats) if (other !== seat) other.onMembersChanged();
  }
}

function connectedOf(seats: Iterable<SeatInCall>): number {
  return [...seats].filter(({ state }) => state === "connected").length;
}
