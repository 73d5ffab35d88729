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

/** The ends of what the server has come to see: how far that is. */
interface EndsWalk {
  readonly arrival: Arrival;
  readonly after?: Mark | undefined;
  readonly done?: boolean;
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
  #takenUp = false;
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

  async next(limit: number): Promise<Reading> {
    const walk = await this.#nextEnds();
    if (walk !== undefined) return await this.#readEnds(walk, limit);
    if (this.#unsure && this.#heads === undefined) await this.#chooseWay();
    return this.#heads === undefined ? await this.#readOn(limit) : await this.#readHeads(limit);
  }

  /** What it has come to see stays owed until its ends have arrived: a crash begins them anew. */
  async #nextEnds(): Promise<EndsWalk | undefined> {
    if (!this.#takenUp) await this.#outgoing.takeUp(this.#server);
    this.#takenUp = true;
    if (this.#ends?.done === true) {
      await this.#outgoing.settle(this.#server, this.#ends.arrival);
      this.#ends = undefined;
    }
    if (this.#ends === undefined) {
      const arrival = await this.#outgoing.arrival(this.#server);
      if (arrival !== undefined) this.#ends = { arrival };
    }
    return this.#ends;
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

  async #readEnds({ arrival, after }: EndsWalk, limit: number): Promise<Reading> {
    const page = { mark: this.#mark, after, limit };
    const { events, last } = await this.#outgoing.readEnds(this.#server, arrival, page);
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
      if (whole && end.ends === "last") this.#ends = { ...walk, done: true };
      else if (last !== undefined) this.#ends = { ...walk, after: last.mark };
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
}
