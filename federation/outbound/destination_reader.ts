import type { ServerName } from "../../core/ids/server_name.ts";
import type { Arrival, Mark, OutgoingEvent, OutgoingLog } from "./ports.ts";

/** Who is further behind than this many events gets the newest of each graph and asks for the rest. */
export const CATCH_UP_EVENTS_MAX = 5_000;

/** What the next transaction may bring. */
export interface Reading {
  readonly events: readonly OutgoingEvent[];
  readonly more: boolean;
  readonly end:
    | { readonly mark: Mark }
    | { readonly heads: "part" | "last" }
    | { readonly ends: "part" | "last" };
}

/** The ends of the graphs of a room that the server has come into: how far that is. */
interface EndsWalk {
  readonly arrival: Arrival;
  readonly after?: Mark | undefined;
}

/** The newest event of each graph, and nothing between: how far that is. */
interface HeadsWalk {
  readonly upTo: Mark;
  readonly after?: Mark | undefined;
}

/** Where one destination stands in the log, and what it gets next. */
export class DestinationReader {
  readonly #outgoing: OutgoingLog;
  readonly #server: ServerName;
  #mark: Mark;
  #heads: HeadsWalk | undefined;
  #ends: EndsWalk | undefined;
  /** Arrivals after which the ends were sent; the mark passes them with what is read next. */
  readonly #welcomed = new Set<string>();
  /** It may have fallen far behind: count before reading in order. */
  #unsure = true;

  constructor(outgoing: OutgoingLog, server: ServerName, mark: Mark) {
    this.#outgoing = outgoing;
    this.#server = server;
    this.#mark = mark;
  }

  /** The other has everything up to here. */
  get mark(): Mark {
    return this.#mark;
  }

  /** Time was lost: look how far behind it is now. */
  doubt(): void {
    this.#unsure = true;
  }

  /** It has come into a room whose ends it was not sent yet. */
  get hasArrived(): boolean {
    return this.#arrived() !== undefined;
  }

  /** The mark stands before an arrival until its ends were sent: a crash begins them anew. */
  #arrived(): Arrival | undefined {
    const arrivals = this.#outgoing.arrivals(this.#server, this.#mark);
    if (this.#welcomed.size > 0) {
      const names = new Set(arrivals.map(nameOf));
      for (const name of this.#welcomed) if (!names.has(name)) this.#welcomed.delete(name);
    }
    return arrivals.find((arrival) => !this.#welcomed.has(nameOf(arrival)));
  }

  async next(limit: number): Promise<Reading> {
    const arrival = this.#arrived();
    if (arrival !== undefined) return await this.#readEnds(arrival, limit);
    if (this.#unsure && this.#heads === undefined) await this.#chooseWay();
    return this.#heads === undefined ? await this.#readOn(limit) : await this.#readHeads(limit);
  }

  async #chooseWay(): Promise<void> {
    const behind = await this.#outgoing.countAfter(
      this.#server,
      this.#mark,
      CATCH_UP_EVENTS_MAX + 1,
    );
    if (behind > CATCH_UP_EVENTS_MAX) this.#heads = { upTo: this.#outgoing.tip() };
    this.#unsure = false;
  }

  async #readOn(limit: number): Promise<Reading> {
    const { events, mark, more } = await this.#outgoing.read(this.#server, this.#mark, limit);
    return { events, more, end: { mark } };
  }

  async #readHeads(limit: number): Promise<Reading> {
    const { upTo, after } = this.#heads as HeadsWalk;
    const range = { from: this.#mark, upTo, after, limit };
    const { events, last } = await this.#outgoing.readHeads(this.#server, range);
    // Meanwhile something may have been said after `upTo`.
    return { events, more: true, end: { heads: last ? "last" : "part" } };
  }

  async #readEnds(arrival: Arrival, limit: number): Promise<Reading> {
    const former = this.#ends;
    const walk = former !== undefined && nameOf(former.arrival) === nameOf(arrival)
      ? former
      : { arrival };
    this.#ends = walk;
    const page = { after: walk.after, limit };
    const { events, last } = await this.#outgoing.readEnds(this.#server, arrival.roomId, page);
    return { events, more: true, end: { ends: last ? "last" : "part" } };
  }

  /** The other has the first `sent` events of the reading. Answers whether more is to be read. */
  advance({ events, more, end }: Reading, sent: number): boolean {
    const last = events[sent - 1];
    const whole = sent === events.length;
    if ("mark" in end) {
      if (whole) this.#mark = end.mark;
      else if (last !== undefined) this.#mark = last.mark;
      return more || !whole;
    }
    if ("ends" in end) {
      const walk = this.#ends as EndsWalk;
      if (whole && end.ends === "last") {
        this.#welcomed.add(nameOf(walk.arrival));
        this.#ends = undefined;
      } else if (last !== undefined) {
        this.#ends = { ...walk, after: last.mark };
      }
      return true;
    }
    const walk = this.#heads as HeadsWalk;
    if (whole && end.heads === "last") {
      this.#mark = walk.upTo;
      this.#heads = undefined;
    } else if (last !== undefined) {
      this.#heads = { ...walk, after: last.mark };
    }
    return true;
  }

  /** Nothing waits for it, so it stands at the end. */
  advanceTo(mark: Mark): void {
    this.#mark = mark;
  }
}

function nameOf({ roomId, since }: Arrival): string {
  return `${roomId} ${since}`;
}
